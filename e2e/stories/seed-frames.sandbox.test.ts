// The seed's frames, pasted as they are written into a bare WebSocket.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect, knock } from '#e2e/stage/client.ts'
import type { Client } from '#e2e/stage/client.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'

let server: StagedServer
let client: Client

beforeAll(async () => {
  server = await startServer()
  client = await connect(server.url, server.ownerToken)
})
afterAll(async () => {
  await client.close()
  await server.close()
})

describe("the seed's frames", () => {
  it('run a command on a terminal in the repository', async () => {
    const { events, ...answer } = await client.ask(
      '{ "op":"exec", "pty":true, "cwd":"/repo", "cmd":"git status" }',
    )
    expect(answer).toEqual({ ok: true, exitCode: 0 })
    expect(textOf(events)).toMatch(/^On branch main\r\n/)
  })

  it('tell the state of the repository', async () => {
    await client.call('file.write', { path: 'new.txt', content: 'x' })
    const { events, ...answer } = await client.ask('{ "op":"git.status", "repo":"/repo" }')
    expect(answer).toMatchObject({ ok: true, branch: 'main', clean: false, files: [{ path: 'new.txt' }] })
    expect(events).toEqual([])
  })

  it.each(['android', 'ios', 'web'])('pair a device of the kind %s', async (device) => {
    const invited = await client.ask(`{ "op":"pair.init", "device":"${device}", "nonce":"nonce-${device}" }`)
    expect(invited).toMatchObject({ ok: true, code: expect.stringMatching(/^\d{6}$/) as string })
    const paired = await client.ask(`{ "op":"pair.confirm", "code":"${String(invited['code'])}" }`)
    expect(paired).toMatchObject({ ok: true, device: { kind: device, state: 'active' } })
    const phone = await connect(server.url, String(paired['token']))
    expect(await phone.ask('{"op":"workspace.list"}')).toMatchObject({ ok: true })
    const { device: made } = paired as unknown as { device: { id: string } }
    const gone = new Promise<number>((resolve) => phone.socket.once('close', resolve))
    await client.call('device.revoke', { device: made.id })
    expect(await gone).toBe(4401)
  })

  it.each([
    [
      'unavailable',
      '{ "op":"github.pr.create", "repo":"/repo", "base":"main", "head":"feat/x", "title":"...", "body":"..." }',
    ],
    ['invalid', '{ "op":"llm.chat", "provider":"blackbox", "model":"...", "messages":[] }'],
  ])('that need a key or a question are answered by what is missing (%s): %s', async (code, frame) => {
    const answer = await client.ask(frame)
    expect(answer).toMatchObject({ ok: false, error: { code } })
  })

  it('answer a tool call with its events and its exit code in one frame', async () => {
    const manifest = JSON.stringify({ scripts: { build: 'echo built' } })
    await client.call('file.write', { path: 'package.json', content: manifest })
    const { events, ...answer } = await client.ask(
      '{"id":"call-1","tool":"shell.exec","input":{"cmd":"npm run build","cwd":"/work/app","pty":true,"timeout":900000}}',
    )
    expect(answer).toMatchObject({ id: 'call-1', ok: true, exitCode: 0 })
    expect(textOf(answer['stream'] as unknown[])).toMatch(/(?<!echo )built\r\n/)
    expect(events).toEqual([])
  })
})

describe('the handshake', () => {
  it('takes the token as a subprotocol, and never repeats it', async () => {
    const protocols = ['chispart.v1', `bearer.${server.ownerToken}`]
    const page = await connect(server.url, undefined, { protocols })
    expect(page.socket.protocol).toBe('chispart.v1')
    expect(await page.ask('{"ping":7}')).toMatchObject({ pong: 7 })
    await page.close()
  })

  it('takes the session cookie of a page of its own', async () => {
    const code = new URL(server.link).hash.slice('#link='.length)
    const answer = await fetch(`${server.url}/auth/link`, {
      method: 'POST',
      headers: { origin: server.url },
      body: JSON.stringify({ code }),
    })
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const headers = { cookie, origin: server.url }
    const page = await connect(server.url, undefined, { headers })
    expect(await page.call('workspace.list')).toMatchObject({ ok: true })
    await page.close()
    expect(await knock(server.url, { headers: { cookie } })).toMatchObject({ status: 403 })
  })
})

function textOf(events: readonly unknown[]): string {
  return (events as { data: string }[]).map(({ data }) => data).join('')
}
