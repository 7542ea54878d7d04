import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres } from './embedded.ts'

let dataDir = ''
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chispart-pg-'))
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

const options = () => ({ dataDir, log: () => undefined })

async function query<T>(url: string, text: string): Promise<T[]> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    return (await sql.unsafe(text)) as unknown as T[]
  } finally {
    await sql.end()
  }
}

describe('the embedded Postgres', () => {
  it('starts on an empty directory and keeps what was committed over a stop', async () => {
    const first = await startPostgres(options())
    await query(first.url, 'create table kept (n int); insert into kept values (1)')
    await first.stop()
    const second = await startPostgres(options())
    expect(await query(second.url, 'select n from kept')).toEqual([{ n: 1 }])
    await second.stop()
  })

  it('asks for its password', async () => {
    const server = await startPostgres(options())
    await expect(query(server.url.replace(/:[0-9a-f]+@/, ':wrong@'), 'select 1')).rejects.toThrow(/password/)
    await server.stop()
  })

  it('loses no committed row when it is killed', async () => {
    const server = await startPostgres(options())
    await query(server.url, 'insert into kept values (2)')
    process.kill(server.pid, 'SIGKILL')
    const again = await startPostgres(options())
    expect(await query(again.url, 'select n from kept order by n')).toEqual([{ n: 1 }, { n: 2 }])
    await again.stop()
  })

  it('ends with a server that is killed, and starts again after it', async () => {
    const script = `import { startPostgres } from '#server/store/embedded.ts'
      const { url } = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, log: () => undefined })
      console.log(url)
      setInterval(() => undefined, 1000)`
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [url] = (await once(owner.stdout, 'data')) as [Buffer]
    await query(url.toString().trim(), 'insert into kept values (3)')
    owner.kill('SIGKILL')
    await once(owner, 'exit')
    const again = await startPostgres(options())
    expect(await query(again.url, 'select count(*)::int as n from kept')).toEqual([{ n: 3 }])
    await again.stop()
  })
})
