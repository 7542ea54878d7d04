import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startPostgres } from './embedded.ts'
import { openStore } from './store.ts'
import { findUser } from './users.ts'

it('starts again, with every row, after kill -9 of the process that started it', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'chispart-kill-'))
  const file = (name: string) => JSON.stringify(new URL(name, import.meta.url).href)
  const script = `
    const { startPostgres } = await import(${file('./embedded.ts')})
    const { openStore } = await import(${file('./store.ts')})
    const { ensureOwner } = await import(${file('./users.ts')})
    const store = await openStore(await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, log() {} }))
    await ensureOwner(store)
    process.kill(process.pid, 'SIGKILL')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: process.cwd() })
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
  const postgres = await startPostgres({ dataDir, log: () => undefined })
  const store = await openStore(postgres)
  expect(await findUser(store, 'owner')).toMatchObject({ role: 'owner' })
  await store.close()
  await postgres.stop()
  await rm(dataDir, { recursive: true })
})
