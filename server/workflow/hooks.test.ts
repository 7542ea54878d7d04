import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CATALOG } from '#dsl/catalog.ts'
import type { Workflows } from '#dsl/powers/workflows.ts'
import { stepKinds } from '#dsl/workflow/step-kind.ts'
import { workflowsPower } from '#server/powers/workflows.ts'
import { startPostgres } from '#server/store/embedded.ts'
import { openStore } from '#server/store/store.ts'
import type { Store } from '#server/store/store.ts'
import { ensureOwner } from '#server/store/users.ts'
import { openDatabase } from './database.ts'
import type { NewRun } from './begin-run.ts'
import { createHooks } from './hooks.ts'
import type { Delivery, Hooks } from './hooks.ts'
import { openIntake } from './intake.ts'

const KINDS = stepKinds(CATALOG)
let dataDir = ''
let postgres: Awaited<ReturnType<typeof startPostgres>>
let store: Store
let sql: ReturnType<typeof openDatabase>
let workflows: Workflows
let hooks: Hooks
/** Those of a server without a token. */
let tokenless: Hooks

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chispart-hooks-'))
  postgres = await startPostgres({ dataDir, log: () => undefined })
  store = await openStore(postgres)
  await ensureOwner(store)
  sql = openDatabase(postgres.url, 4)
  workflows = workflowsPower({ store, kinds: KINDS, examples: new Map() }, 'owner')
  const intake = openIntake(sql)
  const parts = {
    ...{ store, kinds: KINDS, log: pino({ level: 'silent' }) },
    begin: async (spec: NewRun) => (await intake(spec)).run,
  }
  hooks = createHooks({ ...parts, tellsCommits: true })
  tokenless = createHooks({ ...parts, tellsCommits: false })
  const flow = (name: string, on: string) =>
    workflows.save(`name: ${name}\non: ${on}\nsteps: [{ uses: exec, with: { cmd: ls } }]\n`)
  await flow('checks', 'github:pull_request.opened')
  await flow('release', '{ github: { push: { branches: [main], paths: [src/**] } } }')
  await flow('also', 'github:push')
  await flow('deploy', `{ webhook: { if: "\${{ github.event.to == 'test' }}" } }`)
  await flow('byHand', 'manual')
})
afterAll(async () => {
  await sql.end()
  await store.close()
  await postgres.stop()
  await rm(dataDir, { recursive: true })
})

const names = async (delivery: Delivery) => (await hooks(delivery)).map(({ workflow }) => workflow).sort()
const push = (id: string | undefined, paths: string[]): Delivery => ({
  happening: { type: 'github', event: 'push', ref: 'refs/heads/main', paths, body: { after: 'abc' } },
  id,
  repo: 'https://github.com/acme/parity.git',
  branch: 'main',
})

describe('what happened elsewhere', () => {
  it('begins every workflow that waits for it, on its repository and branch, and no other', async () => {
    expect(await names(push('d1', ['src/a.ts']))).toEqual(['also', 'release'])
    expect(await names(push('d2', ['docs/a.md']))).toEqual(['also'])
    const opened = {
      type: 'github',
      event: 'pull_request',
      action: 'opened',
      base: 'main',
      body: {},
    } as const
    expect(await names({ happening: opened, id: 'd3', branch: 'feat/x' })).toEqual(['checks'])
    expect(await names({ happening: { ...opened, action: 'closed' }, id: 'd4' })).toEqual([])
    const rows = await sql`select trigger, repo, branch from runs where workflow = 'checks' or delivery = 'd2'
      order by workflow`
    expect([...rows]).toEqual([
      { trigger: 'github', repo: 'https://github.com/acme/parity.git', branch: 'main' },
      { trigger: 'github', repo: null, branch: 'feat/x' },
    ])
  })

  it('keeps which commit is to hear of it, unless nobody could tell it', async () => {
    const commit = 'c'.repeat(40)
    await names({ ...push('d6', ['docs/a.md']), commit })
    await names({ ...push('d7', ['docs/a.md']), repo: undefined, commit })
    expect(await tokenless({ ...push('d8', ['docs/a.md']), commit })).toHaveLength(1)
    const rows = await sql`select checks.repo, sha, told, done from checks join runs on runs.id = run_id
      where delivery in ('d6', 'd7', 'd8')`
    expect([...rows]).toEqual([
      { repo: 'https://github.com/acme/parity.git', sha: commit, told: null, done: false },
    ])
  })

  it('asks what was posted whether it holds', async () => {
    const posted = (to: string): Delivery => ({
      happening: { type: 'webhook', name: 'deploy', body: { to } },
      id: undefined,
    })
    expect(await names(posted('test'))).toEqual(['deploy'])
    expect(await names(posted('live'))).toEqual([])
    expect(await names(posted('test'))).toEqual(['deploy'])
  })

  it('is kept with the run for its expressions, as it came', async () => {
    const body = { to: 'test', odd: ['a\0b', { ['__proto__']: 1 }], n: 1.5 }
    await names({ happening: { type: 'webhook', name: 'deploy', body }, id: 'd5' })
    const [row] = await sql<{ event: unknown }[]>`select event from runs where delivery = 'd5'`
    expect(JSON.stringify(row?.event)).toBe(JSON.stringify(body).replace('\\u0000', '\ufffd'))
  })

  it('begins a workflow once for a delivery, however often and at once that comes', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => names(push('d9', ['src/b.ts']))))
    expect(all.flat().sort()).toEqual(['also', 'release'])
    expect(await names(push('d9', ['src/b.ts']))).toEqual([])
    const [row] = await sql<{ n: number }[]>`select count(*)::int as n from runs where delivery = 'd9'`
    expect(row?.n).toBe(2)
  })
})
