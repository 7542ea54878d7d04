// For tests: the real process of a sandbox's runtime, without the sandbox, and the server that it dials.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { readPackets, writeText } from './link/packet.ts'

export type Frame = Record<string, unknown>
export const TOKEN = 'a-token-of-the-hello-0123456789abcdef'

export interface StartedRuntime {
  readonly server: Server
  readonly child: ChildProcess
  /** Exit code and signal. */
  readonly exited: Promise<unknown>
  end(): Promise<void>
}

/** `main`: the program, a source or a bundle. `wish`: whether a repository is to be made. */
export async function startRuntime(
  main = 'runtime/main.ts',
  wish: 'make' | 'find' = 'find',
): Promise<StartedRuntime> {
  const base = await mkdtemp(join(tmpdir(), 'main-'))
  await mkdir(join(base, 'app'))
  const server = createServer()
  await once(server.listen(join(base, 'host.sock')), 'listening')
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin' }
  const stdio = ['ignore', 'ignore', 'inherit', 'pipe'] as const
  const program = [process.execPath, resolve(main), base, base]
  const argv = [resolve('runtime/open.sh'), wish, ...program]
  const child = spawn('/bin/sh', argv, { cwd: base, env, stdio: [...stdio] })
  const exited = once(child, 'exit')
  const pipe = child.stdio[3] as Writable
  pipe.end(`${JSON.stringify({ token: TOKEN })}\n`)
  const end = async () => {
    child.kill('SIGKILL')
    await exited
    server.close()
    await rm(base, { recursive: true })
  }
  return { server, child, exited, end }
}

/** The next link that a runtime dials, and the frames that come over it. */
export async function linkOf(server: Server): Promise<{ link: Socket; next: () => Promise<Frame> }> {
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

/** Sends a call under a grant of `commands`; its answer comes over the link, and its id is the op's name. */
export function sendCall(link: Socket, op: string, input: Frame, commands: readonly string[]): void {
  const grant = { plan: 'gratis', commands, terminals: false }
  writeText(link, JSON.stringify({ call: op, op, input, grant, streams: [1, 2] }))
}
