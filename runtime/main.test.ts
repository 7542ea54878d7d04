import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { readPackets, writeText } from './link/packet.ts'

type Frame = Record<string, unknown>
const TOKEN = 'a-token-of-the-hello-0123456789abcdef'
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** The real process, and the server that it dials. */
async function start() {
  const base = await mkdtemp(join(tmpdir(), 'main-'))
  await mkdir(join(base, 'app'))
  const server = createServer()
  await once(server.listen(join(base, 'host.sock')), 'listening')
  const env = { PATH: process.env['PATH'], CHISPART_CONTROL: base, CHISPART_ROOT: base }
  const child = spawn(process.execPath, ['runtime/main.ts'], {
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  const exited = once(child, 'exit')
  const pipe = child.stdio[3] as Writable
  pipe.end(`{"token":"${TOKEN}"}\n`)
  ends.push(async () => {
    child.kill('SIGKILL')
    await exited
    server.close()
    await rm(base, { recursive: true })
  })
  return { server, child, exited }
}

async function linkOf(server: ReturnType<typeof createServer>) {
  const [link] = (await once(server, 'connection')) as [Socket]
  const frames: Frame[] = []
  const waiting: ((frame: Frame) => void)[] = []
  readPackets(link, {
    text: (text) => {
      const frame = JSON.parse(text) as Frame
      const next = waiting.shift()
      if (next) next(frame)
      else frames.push(frame)
    },
    binary: () => true,
  })
  const next = async () => frames.shift() ?? new Promise<Frame>((resolve) => waiting.push(resolve))
  return { link, next }
}

function exec(link: Socket, cmd: string, commands: string[]): void {
  const grant = { plan: 'gratis', commands, terminals: false }
  writeText(link, JSON.stringify({ call: cmd, op: 'exec', input: { cmd }, grant, streams: [1, 2] }))
}

describe('the runtime process', () => {
  it('dials home, says who it is, and keeps its own environment from its children', async () => {
    const { server } = await start()
    const { link, next } = await linkOf(server)
    expect(await next()).toMatchObject({ hello: { token: TOKEN } })
    exec(link, 'env | grep -c CHISPART; echo $HOME', ['*'])
    const said: unknown[] = []
    for (let frame = await next(); ; frame = await next()) {
      if ('ok' in frame) break
      said.push((frame['event'] as Frame)['data'])
    }
    expect(said.join('')).toBe('0\n/home/agent\n')
  })

  it('refuses a command that the grant does not allow, and says the rule', async () => {
    const { server } = await start()
    const { link, next } = await linkOf(server)
    await next()
    exec(link, 'git status && curl x.test', ['git status'])
    const { ok, error } = await next()
    expect(ok).toBe(false)
    expect(error).toMatchObject({ code: 'denied', data: { column: 15, allow: 'curl' } })
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
