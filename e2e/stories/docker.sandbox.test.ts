// The product with containers of a Docker engine for workspaces: made, used, found again after a killed server, removed.
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { connect } from '#e2e/stage/client.ts'
import type { Answer } from '#e2e/stage/client.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'
import { openTestEngine, type TestEngine } from '#server/fleet/drivers/docker/test-engine.ts'

const engine = await openTestEngine()
const apart = typeof engine === 'string' ? engine : await openTestEngine([], { isApart: true })

if (typeof engine === 'string' || typeof apart === 'string') {
  process.stderr.write(`\nWorkspaces as containers are NOT tested here: ${String(engine)}.\n\n`)
  describe('Workspaces as containers', () =>
    it.skip(`are not tested here: ${String(engine)}`, () => undefined))
} else {
  let server: StagedServer | undefined
  afterEach(() => server?.close())
  afterAll(async () => {
    await engine.close()
    await apart.close()
  })

  /** Of that workspace only: a server tries one of its own beside it. */
  const containersOf = async ({ engine }: TestEngine, id: string) => {
    const found = await engine.listContainers({ all: true, filters: { name: [`-${id}$`] } })
    return found.map(({ Id, State }) => [Id, State])
  }
  const opened = (answer: Answer) => {
    expect(answer).toMatchObject({ ok: true })
    return answer as Answer & { pty: string; stream: number }
  }

  it.each([
    { where: 'an engine of this machine', used: engine },
    { where: 'an engine apart', used: apart },
  ])(
    'a workspace is a container of $where, from its first command to its removal, also beyond a killed server',
    { timeout: 120_000 },
    async ({ used }) => {
      const { socketPath, image } = used
      const env = {
        CHISPART_SANDBOX: 'docker',
        CHISPART_SANDBOX_IMAGE: image,
        DOCKER_HOST: `unix://${socketPath}`,
      }
      const containers = (id: string) => containersOf(used, id)
      let running = (server = await startServer({ env }))
      let client = await connect(running.url, running.ownerToken)
      const exec = async (cmd: string) => {
        const answer = await client.call('exec', { workspace: 'boxed', cmd })
        return (answer.events as { data: string }[]).map(({ data }) => data).join('')
      }

      const made = await client.call('workspace.create', { name: 'boxed' })
      expect(made).toMatchObject({ ok: true, workspace: { driver: 'docker', state: 'running' } })
      const { id } = made['workspace'] as { id: string }
      expect(await exec('echo kept > note; cat note')).toBe('kept\n')

      const terminal = opened(await client.call('pty.open', { workspace: 'boxed' }))
      client.write(terminal.stream, 'printf "I am %s\\n" $$; export MARK=same\n')
      const pid = /I am (\d+)/.exec(await client.until(terminal.stream, /I am \d+\r\n/))?.[1] ?? ''
      const before = await containers(id)
      expect(before).toEqual([[expect.any(String), 'running']])

      running = server = await running.restart()
      client = await connect(running.url, running.ownerToken)
      const again = opened(
        await client.call('pty.attach', { workspace: 'boxed', pty: terminal.pty, cursor: 0 }),
      )
      client.write(again.stream, 'printf "still %s %s\\n" $$ $MARK\n')
      await client.until(again.stream, `still ${pid} same`)
      expect(await containers(id)).toEqual(before)

      expect(await client.call('workspace.stop', { workspace: id })).toMatchObject({ ok: true })
      expect(await containers(id)).toEqual([])
      expect(await client.call('workspace.start', { workspace: id })).toMatchObject({ ok: true })
      expect(await exec('cat note')).toBe('kept\n')
      expect(await client.call('workspace.remove', { workspace: id })).toMatchObject({ ok: true })
      expect(await containers(id)).toEqual([])
      await client.close()
    },
  )
}
