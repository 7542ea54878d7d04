// Workers as processes of their own beside a server: they share its runs, reach its sandboxes, and leave without a trace.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect } from '#e2e/stage/client.ts'
import type { Client } from '#e2e/stage/client.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'
import { startStagedPostgres, startWorker } from '#e2e/stage/worker.ts'
import type { StagedPostgres, StagedWorker } from '#e2e/stage/worker.ts'

const LINES = 40
const WHOLE = Array.from({ length: LINES }, (_, index) => `line ${index + 1}\n`).join('')
const SHARED = `name: shared
on: manual
steps:
  - { id: make, uses: shell.exec, with: { cmd: 'echo made > made' } }
  - { id: many, needs: make, uses: shell.exec, matrix: { n: [${Array.from({ length: 48 }, (_, n) => n)}] }, with: { cmd: 'cat made; sleep 0.2' } }
`
const LONG = `name: long
on: manual
steps:
  - { id: count, uses: shell.exec, with: { cmd: 'echo once >> effects; for n in $(seq ${LINES}); do echo line $n; sleep 0.1; done' } }
  - { id: effects, uses: shell.exec, with: { cmd: 'wc -l < effects' } }
`

let postgres: StagedPostgres
let server: StagedServer
let owner: Client
let workers: StagedWorker[] = []

beforeAll(async () => {
  postgres = await startStagedPostgres()
  // The server itself takes no steps.
  server = await startServer({ env: { POSTGRES_URL: postgres.url, WORKERS: '' } })
  owner = await connect(server.url, server.ownerToken)
  workers = await Promise.all([0, 1].map(() => startWorker(server.dataDir, postgres.url)))
})
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop('SIGKILL')))
  await owner.close()
  await server.close()
  await postgres.stop()
})

interface Done {
  readonly run: { state: string }
  readonly steps: { id: string; state: string; attempts: number; output: unknown }[]
}

async function start(text: string): Promise<string> {
  const { run } = (await owner.call('run.start', { text })) as unknown as { run: { id: string } }
  return run.id
}

async function end(run: string): Promise<Done> {
  await owner.call('run.watch', { run })
  return (await owner.call('run.get', { run })) as unknown as Done
}

/** What the step has printed. */
async function printed(run: string): Promise<string> {
  const log = (await owner.call('run.log', { run, step: 'count' }).catch(() => ({}))) as { text?: string }
  return log.text ?? ''
}

const begun = (run: string) => expect.poll(() => printed(run), { timeout: 20_000 }).toContain('line 5\n')

/** Steps that it has run. */
const steps = ({ log }: StagedWorker) =>
  log.filter((line) => line.includes('"door":"workflow"') && line.includes('"op":"exec"')).length

it('two workers share one run, in the one sandbox that it has', { timeout: 60_000 }, async () => {
  const done = await end(await start(SHARED))
  expect(done.run.state).toBe('succeeded')
  expect(done.steps.filter(({ output }) => output === 'made')).toHaveLength(48)
  const shares = workers.map(steps)
  expect(shares.reduce((sum, share) => sum + share)).toBe(49)
  expect(Math.min(...shares)).toBeGreaterThan(0)
})

it(
  'a worker that stops hands its step over: the command goes on, and its log is whole',
  { timeout: 60_000 },
  async () => {
    const run = await start(LONG)
    await begun(run)
    // Whoever has the step is one of them, so one after the other stops while it lasts.
    for (const at of [0, 1]) {
      const began = performance.now()
      expect(await workers[at]?.stop('SIGTERM')).toBe(0)
      expect(performance.now() - began).toBeLessThan(3000)
      workers[at] = await startWorker(server.dataDir, postgres.url)
    }
    const done = await end(run)
    expect(done.run.state).toBe('succeeded')
    expect(done.steps.map(({ attempts }) => attempts)).toEqual([1, 1])
    expect(done.steps[1]?.output).toBe('1')
    expect(await printed(run)).toBe(WHOLE)
  },
)

it(
  'a run bears that its server is killed and returns, while workers go on',
  { timeout: 60_000 },
  async () => {
    const run = await start(LONG)
    await begun(run)
    server = await server.restart()
    owner = await connect(server.url, server.ownerToken)
    const done = await end(run)
    expect(done.run.state).toBe('succeeded')
    expect(done.steps[1]?.output).toBe('1')
    expect(await printed(run)).toBe(WHOLE)
  },
)

it('the door for other servers opens for no token of a person, and for no ticket that was never issued', async () => {
  for (const headers of [
    {},
    { authorization: `Bearer ${server.ownerToken}` },
    { authorization: 'Bearer ' },
  ]) {
    const response = await fetch(`${server.url}/host/workspaces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ owner: 'owner', name: 'stolen', id: 'w1' }),
    })
    expect(response.status).toBe(401)
  }
})

it('a worker without the database of its servers says what is missing', async () => {
  await expect(
    startWorker(server.dataDir, '', { POSTGRES_URL: 'postgres://127.0.0.1:1/x' }),
  ).rejects.toThrow()
  await expect(startWorker('/tmp', postgres.url)).rejects.toThrow('CHISPART_DATA')
})
