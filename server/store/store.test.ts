import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addAudit, listAudit } from './audit.ts'
import { startPostgres } from './embedded.ts'
import type { EmbeddedPostgres } from './embedded.ts'
import { openStore } from './store.ts'
import type { Store } from './store.ts'
import { users } from './tables.ts'
import { addWorkspace, findWorkspace, removeWorkspace, updateWorkspace } from './workspaces.ts'

let dataDir: string
let postgres: EmbeddedPostgres
let store: Store
const log = () => undefined

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chispart-store-'))
  postgres = await startPostgres({ dataDir, log })
  const both = await Promise.all([openStore(postgres), openStore(postgres)])
  store = both[0]
  await both[1].close()
  await store.db.insert(users).values({ id: 'u1', name: 'Ana', role: 'owner', plan: 'libre' })
})

afterAll(async () => {
  await store.close()
  await postgres.stop()
  await rm(dataDir, { recursive: true })
})

const row = { id: 'w1', ownerId: 'u1', name: 'demo', state: 'stopped', driver: 'bubblewrap' } as const

it('keeps a workspace, finds it by name for its owner only, and refuses a second of that name', async () => {
  await addWorkspace(store, row)
  await updateWorkspace(store, 'w1', { state: 'running' })
  expect(await findWorkspace(store, 'u1', 'demo')).toMatchObject({ id: 'w1', state: 'running' })
  expect(await findWorkspace(store, 'u2', 'demo')).toBeUndefined()
  await expect(addWorkspace(store, { ...row, id: 'w2' })).rejects.toMatchObject({ code: 'conflict' })
  await removeWorkspace(store, 'w1')
  expect(await findWorkspace(store, 'u1', 'w1')).toBeUndefined()
})

it('lists the audit trail newest first', async () => {
  await addAudit(store, { action: 'exec', outcome: 'ok' })
  await addAudit(store, { action: 'exec', outcome: 'denied', detail: { rule: 'git' } })
  expect((await listAudit(store, 2)).map((entry) => entry.outcome)).toEqual(['denied', 'ok'])
})

it('keeps rows over kill -9 of Postgres, and starts again in under a second', async () => {
  await addWorkspace(store, { ...row, name: 'kept' })
  const [found] = await store.db.$client<{ pid: number }[]>`
    select split_part(pg_read_file('postmaster.pid'), E'\n', 1)::int as pid`
  if (!found) throw new Error('no pid')
  process.kill(found.pid, 'SIGKILL')
  await store.close()
  await postgres.stop()
  postgres = await startPostgres({ dataDir, log })
  store = await openStore(postgres)
  expect(await findWorkspace(store, 'u1', 'kept')).toBeDefined()
  await store.close()
  await postgres.stop()
  const began = performance.now()
  postgres = await startPostgres({ dataDir, log })
  expect(performance.now() - began).toBeLessThan(1000)
  store = await openStore(postgres)
})

it('stops a live leftover and takes its place', async () => {
  await store.close()
  const second = await startPostgres({ dataDir, log })
  postgres = second
  store = await openStore(second)
  expect(await findWorkspace(store, 'u1', 'kept')).toBeDefined()
})
