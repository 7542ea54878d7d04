import { afterEach, describe, expect, it } from 'vitest'
import { linkOf, sendCall, startRuntime, TOKEN } from './test-main.ts'
import type { Frame } from './test-main.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

async function start(wish?: 'make' | 'find') {
  const runtime = await startRuntime(undefined, wish)
  ends.push(runtime.end)
  return runtime
}

describe('the runtime process', () => {
  it('dials home, says who it is, and keeps its own environment from its children', async () => {
    const { server } = await start()
    const { link, next } = await linkOf(server)
    expect(await next()).toMatchObject({ hello: { token: TOKEN } })
    sendCall(link, 'exec', { cmd: 'env | grep -c CHISPART; echo $HOME' }, ['*'])
    const said: unknown[] = []
    for (let frame = await next(); ; frame = await next()) {
      if ('ok' in frame) break
      said.push((frame['event'] as Frame)['data'])
    }
    expect(said.join('')).toBe('0\n/home/agent\n')
  })

  it('makes an empty repository before it says hello where that is wished, and only there', async () => {
    for (const repository of [true, false]) {
      const { server } = await start(repository ? 'make' : 'find')
      const { link, next } = await linkOf(server)
      expect(await next()).toMatchObject({ hello: { repository } })
      sendCall(link, 'exec', { cmd: 'git symbolic-ref HEAD' }, ['*'])
      const frames = [await next(), await next()]
      const said = frames.map((frame) => (frame['event'] as Frame | undefined)?.['data'])
      expect(said.includes('refs/heads/main\n')).toBe(repository)
    }
  })

  it('refuses a command that the grant does not allow, and says the rule', async () => {
    const { server } = await start()
    const { link, next } = await linkOf(server)
    await next()
    sendCall(link, 'exec', { cmd: 'git status && curl x.test' }, ['git status'])
    const { ok, error } = await next()
    expect(ok).toBe(false)
    expect(error).toMatchObject({ code: 'denied', data: { column: 15, allow: 'curl' } })
  })

  it.each(['workspace.list', 'llm.chat', 'no.such', 'constructor'])('does not know %s', async (op) => {
    const { server } = await start()
    const { link, next } = await linkOf(server)
    await next()
    sendCall(link, op, {}, ['*'])
    expect(await next()).toMatchObject({ id: op, ok: false, error: { code: 'not_found' } })
  })

  it('dials again when the server was away, and ends at SIGTERM', async () => {
    const { server, child, exited } = await start()
    const first = await linkOf(server)
    await first.next()
    first.link.destroy()
    const again = await linkOf(server)
    expect(await again.next()).toMatchObject({ hello: { token: TOKEN } })
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
  })
})
