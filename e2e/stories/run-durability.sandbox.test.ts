// A run whose server is killed: the command of its step goes on, and nothing that it printed is lost or doubled.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect } from '#e2e/stage/client.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'

const LINES = 40
const TEXT = `name: goes-on
on: manual
steps:
  - { id: count, uses: shell.exec, with: { cmd: 'echo once >> effects; for n in $(seq ${LINES}); do echo line $n; sleep 0.1; done' } }
  - { id: effects, uses: shell.exec, with: { cmd: 'wc -l < effects' } }
`

let server: StagedServer

beforeAll(async () => void (server = await startServer()))
afterAll(() => server.close())

interface LogPage {
  readonly text: string
  readonly end: number
}

it('kill -9 of the server in the middle of a step, twice, is not seen in its log nor in its effects', async () => {
  let owner = await connect(server.url, server.ownerToken)
  const { run } = (await owner.call('run.start', { text: TEXT })) as unknown as { run: { id: string } }
  const page = () =>
    owner.call('run.log', { run: run.id, step: 'count' }).catch(() => ({})) as Promise<Partial<LogPage>>
  for (const seen of ['line 5\n', 'line 15\n']) {
    await expect.poll(async () => (await page()).text ?? '', { timeout: 20_000 }).toContain(seen)
    server = await server.restart()
    owner = await connect(server.url, server.ownerToken)
  }
  await owner.call('run.watch', { run: run.id })
  const done = (await owner.call('run.get', { run: run.id })) as unknown as {
    run: { state: string }
    steps: { id: string; attempts: number; output: unknown }[]
  }
  expect(done.run.state).toBe('succeeded')
  expect(done.steps.map(({ attempts }) => attempts)).toEqual([1, 1])
  expect(done.steps[1]?.output).toBe('1')
  const lines = Array.from({ length: LINES }, (_, index) => `line ${index + 1}\n`)
  expect((await page()).text).toBe(lines.join(''))
  await owner.close()
})
