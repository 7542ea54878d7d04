// An agent's way in: the protocol's own client against the real server, over HTTP and over `chispart mcp`. A workspace, a
// command heard while it runs, files, a run followed to its end, and what it left behind.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { CallToolResult, Progress, Transport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHISPART, openStage } from '#cli/test-stage.ts'
import type { Stage } from '#cli/test-stage.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'

const WORKFLOW = `name: hello
on: { manual: {} }
steps:
  - { id: greet, uses: shell.exec, with: { cmd: echo hello from a run } }
`

let server: StagedServer
let stage: Stage
beforeAll(async () => {
  server = await startServer()
  stage = await openStage()
})
afterAll(async () => {
  await stage.close()
  await server.close()
})

const http = (): Transport =>
  new StreamableHTTPClientTransport(new URL('/mcp', server.url), {
    requestInit: { headers: { authorization: `Bearer ${server.ownerToken}` } },
  })
const stdio = (): Transport =>
  new StdioClientTransport({
    command: process.execPath,
    args: [CHISPART, 'mcp'],
    env: { ...stage.env, CHISPART_URL: server.url, CHISPART_TOKEN: server.ownerToken } as Record<
      string,
      string
    >,
  })

describe.each([
  ['HTTP, 2026', 'by-http', 'auto', http],
  ['HTTP, 2025', 'by-old-http', 'legacy', http],
  ['standard input and output', 'by-stdio', 'auto', stdio],
] as const)('an agent over %s', (_, workspace, mode, transport) => {
  let client: Client
  beforeAll(async () => {
    client = new Client({ name: 'agent', version: '1' }, { versionNegotiation: { mode } })
    await client.connect(transport())
  })
  afterAll(() => client.close())

  const call = (name: string, input: object, onprogress?: (progress: Progress) => void) =>
    client.callTool(
      { name, arguments: { ...input } },
      { timeout: 120_000, ...(onprogress && { onprogress }) },
    )
  const fields = async (name: string, input: object) => (await call(name, input)).structuredContent ?? {}

  it('makes a workspace, and works in it as nobody of this machine', async () => {
    await client.listTools()
    expect(await fields('workspace.create', { name: workspace })).toMatchObject({ ok: true })
    const answer = await call('shell_exec', { workspace, cmd: 'id -u; exit 3' })
    expect(answer.structuredContent).toMatchObject({ ok: true, exitCode: 3 })
    expect(textOf(answer)).not.toMatch(/^0\n/)
  })

  it('hears a command while it runs, in the order of what it prints', async () => {
    const heard: string[] = []
    const cmd = 'for n in 1 2 3; do echo $n; read -r go < go$n; done; echo end'
    expect(await fields('shell.exec', { workspace, cmd: 'mkfifo go1 go2 go3' })).toMatchObject({
      exitCode: 0,
    })
    const gates: Promise<unknown>[] = []
    const answer = await call('shell.exec', { workspace, cmd }, ({ message = '' }) => {
      heard.push(message)
      // It says the next only when it is let, so what is heard is heard while it runs.
      const [, n] = /^([123])\n$/.exec(message) ?? []
      if (n !== undefined) gates.push(call('shell.exec', { workspace, cmd: `echo go > go${n}` }))
    })
    await Promise.all(gates)
    expect(heard.slice(0, 3)).toEqual(['1\n', '2\n', '3\n'])
    expect(answer.structuredContent).toEqual({
      ok: true,
      exitCode: 0,
      stream: [{ type: 'stdout', data: '1\n2\n3\nend\n' }],
    })
  })

  it('ends a command that it no longer wants', async () => {
    const left = new AbortController()
    const begun = Promise.withResolvers<string>()
    const params = { name: 'shell.exec', arguments: { workspace, cmd: 'echo $$; exec sleep 1000' } }
    const onprogress = ({ message = '' }: Progress) => begun.resolve(message.trim())
    const unwanted = client.callTool(params, { signal: left.signal, onprogress })
    unwanted.catch(() => undefined)
    const pid = await begun.promise
    const alive = () => fields('shell.exec', { workspace, cmd: `test -d /proc/${pid}` })
    expect(await alive()).toMatchObject({ exitCode: 0 })
    left.abort()
    await expect.poll(alive).toMatchObject({ exitCode: 1 })
  })

  it('writes a file and reads it again', async () => {
    const path = 'notes/a b.txt'
    expect(await fields('file.mkdir', { workspace, path: 'notes' })).toMatchObject({ ok: true })
    expect(await fields('file.write', { workspace, path, content: 'mañana\n' })).toMatchObject({ ok: true })
    expect(await fields('file.read', { workspace, path })).toMatchObject({ content: 'mañana\n' })
    const missing = await call('file.read', { workspace, path: 'notes/none' })
    expect(missing.isError).toBe(true)
    expect(textOf(missing)).toContain('"code":"not_found"')
  })

  it('starts a run, follows it to its end, and fetches what it left behind', async () => {
    const { run } = (await fields('run.start', { text: WORKFLOW })) as { run: { id: string } }
    const states: unknown[] = []
    const watched = await call('run.watch', { run: run.id }, ({ message = '{}' }) => {
      const event = JSON.parse(message) as { type: string; run?: { state: string } }
      if (event.type === 'run') states.push(event.run?.state)
    })
    expect(states.slice(0, 1)).not.toContain('succeeded')
    expect(JSON.stringify(watched.structuredContent)).toContain('"state":"succeeded"')
    const { artifacts } = (await fields('artifact.list', { run: run.id })) as { artifacts: { id: string }[] }
    const link = await call('artifact.link', { artifact: artifacts[0]?.id })
    const found = link.content.find(({ type }) => type === 'resource_link') as { uri: string } | undefined
    expect(new URL(found?.uri ?? '').origin).toBe(server.url)
    const fetched = await fetch(found?.uri ?? '')
    expect([fetched.status, await fetched.text()]).toEqual([200, expect.stringContaining('hello from a run')])
  })
})

function textOf({ content }: CallToolResult): string {
  return content.map((block) => ('text' in block ? block.text : '')).join('\n')
}
