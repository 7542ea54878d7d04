// Starts bwrap and learns the pid of the sandbox's process 1. The token passes by an inherited pipe, the options too:
// neither argv nor environment of any process says anything (proc_pid_cmdline(5), proc_pid_environ(5)).
import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { Fault } from '#dsl/fault.ts'
import { TOOL_PATH } from '#server/fleet/volume/run.ts'
import { FD, type Launch, launchCommand } from './command.ts'
import { seccompProgram } from '#server/fleet/seccomp/bpf.ts'

const STARTED_MS = 20_000

export interface SandboxInput {
  readonly launch: Launch
  readonly options: readonly string[]
  /** Text for descriptor 3. */
  readonly given: string
  /** Descriptor for what bwrap and the runtime say. */
  readonly stderr: number
}

export interface SandboxProcess {
  readonly child: ChildProcess
  /** Host pid of process 1 inside. */
  readonly pid: number
}

/** Rejects with a Fault `unavailable` when bwrap ended before it had made the sandbox, or takes too long. */
export async function startProcess(input: SandboxInput): Promise<SandboxProcess> {
  const [program, ...args] = launchCommand(input.launch)
  const child = spawn(program, args, {
    env: { PATH: TOOL_PATH },
    cwd: '/',
    // A session of its own: a Ctrl-C for the server is none for its sandboxes.
    detached: true,
    stdio: ['ignore', 'ignore', input.stderr, 'pipe', 'pipe', 'pipe', 'pipe'],
  })
  give(child, FD.given, input.given)
  give(child, FD.seccomp, seccompProgram(process.arch === 'arm64' ? 'arm64' : 'x64'))
  give(child, FD.args, input.options.map((option) => `${option}\0`).join(''))
  const pid = await firstPid(child)
  return { child, pid }
}

function give(child: ChildProcess, fd: number, bytes: string | Buffer): void {
  const pipe = pipeOf(child, fd) as Writable
  // A child that ended early closes its side; its exit says more than this error.
  pipe.on('error', () => pipe.destroy())
  pipe.end(bytes, () => pipe.destroy())
}

/** @types/node knows the first five only. */
function pipeOf(child: ChildProcess, fd: number): unknown {
  return (child.stdio as readonly unknown[])[fd]
}

/** `{"child-pid": n, …}`, written once by bwrap (--info-fd). */
function firstPid(child: ChildProcess): Promise<number> {
  const info = pipeOf(child, FD.info) as Readable
  return new Promise((done, fail) => {
    let text = ''
    const refuse = (why: string): void => {
      finish()
      child.kill('SIGKILL')
      fail(new Fault('unavailable', why))
    }
    const timer = setTimeout(() => refuse('bwrap did not make the sandbox in time.'), STARTED_MS)
    const finish = (): void => {
      clearTimeout(timer)
      info.destroy()
    }
    child.once('error', (error) => refuse(`bwrap cannot be started: ${error.message}`))
    info.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    info.once('error', (error) => refuse(error.message))
    info.once('end', () => {
      const pid = /"child-pid":\s*(\d+)/.exec(text)?.[1]
      if (pid === undefined) return refuse('bwrap ended before it made the sandbox.')
      finish()
      done(Number(pid))
    })
  })
}
