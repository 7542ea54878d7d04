// The same server source under Bun: start, a command, a terminal, and its return after a kill. What runs inside
// sandboxes stays Node.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect } from '#e2e/stage/client.ts'
import type { Client } from '#e2e/stage/client.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'

let server: StagedServer
let client: Client

beforeAll(async () => {
  server = await startServer({ runtime: 'bun' })
  client = await connect(server.url, server.ownerToken)
})
afterAll(async () => {
  await client.close()
  await server.close()
})

it('says that it runs on Bun, and answers over HTTP with the same headers', async () => {
  expect(server.log.join('\n')).toContain('"runtime":"bun"')
  const answer = await fetch(`${server.url}/healthz`)
  expect(await answer.json()).toEqual({ ok: true })
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
})

it('runs a command by REST and one by WebSocket, in a sandbox whose runtime is Node', async () => {
  const headers = { authorization: `Bearer ${server.ownerToken}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ cmd: 'echo over http' })
  const answer = await fetch(`${server.url}/api/ops/exec`, { method: 'POST', headers, body })
  expect(await answer.json()).toMatchObject({ ok: true, stream: [{ data: 'over http\n' }], exitCode: 0 })
  expect(await client.call('exec', { cmd: 'exit 7' })).toMatchObject({ ok: true, exitCode: 7 })
  const version = await client.call('exec', { cmd: '/opt/chispart/bin/node --version' })
  const said = (version.events as { data: string }[]).map(({ data }) => data).join('')
  expect(said).toMatch(/^v\d+\.\d+\.\d+\n$/)
})

it.each([
  ['a frame that is not JSON', '{', 'malformed'],
  ['an unknown op', '{"op":"no.such"}', 'not_found'],
])('answers %s with a clear fault', async (_, frame, code) => {
  expect(await client.ask(frame)).toMatchObject({ ok: false, error: { code } })
})

it('keeps a terminal through its own kill: the same program, every byte from the cursor', async () => {
  const opened = (await client.call('pty.open', {})) as unknown as { pty: string; stream: number }
  client.write(opened.stream, 'seq 1 20000; printf "I am %s\\n" $$\n')
  const before = await client.until(opened.stream, /I am \d+\r\n[^\n]*\$ $/)
  server = await server.restart()
  client = await connect(server.url, server.ownerToken)
  const again = (await client.call('pty.attach', { pty: opened.pty, cursor: 0 })) as unknown as {
    stream: number
  }
  expect(await client.until(again.stream, /I am \d+\r\n[^\n]*\$ $/)).toBe(before)
  client.write(again.stream, 'printf "still %s\\n" $$\n')
  await client.until(again.stream, `still ${/I am (\d+)/.exec(before)?.[1]}`)
})

it('ends cleanly at Ctrl-C', async () => {
  const { dataDir, ownerToken, url } = server
  expect(await server.stop('SIGINT')).toBe(0)
  server = await startServer({ runtime: 'bun', dataDir, ownerToken, port: Number(new URL(url).port) })
  client = await connect(server.url, server.ownerToken)
  expect(await client.call('pty.list')).toMatchObject({ ptys: [{ attached: 0 }] })
})
