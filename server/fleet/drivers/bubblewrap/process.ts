// Starts bwrap and learns the pid of the sandbox's process 1. The token passes by an inherited pipe, the options too:
// neither argv nor environment of any process says anything (proc_pid_cmdline(5), proc_pid_environ(5)).
import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { Fault } from '#dsl/fault.ts'
import { TOOL_PATH } from '#server/fleet/volume/run.ts'
import { FD, fileLimit, type Launch, launchCommand } from './command.ts'
import { seccompProgram } from '#server/fleet/seccomp/bpf.ts'

const STARTED_MS = 20_000

/** What bwrap shows inside, and the bytes that one file may have; undefined where the disk has a size of its own. */
export interface Shown {
  readonly options: readonly string[]
  readonly fileBytes: number | undefined
}

export interface SandboxInput {
  readonly launch: Launch
  /** While it is made, the process is started and enters its groups; when it cannot be made, the process ends. */
  readonly shown: Promise<Shown>
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
    stdio: ['pipe', 'ignore', input.stderr, 'pipe', 'pipe', 'pipe', 'pipe'],
  })
  const pid = firstPid(child)
  // Told below, when what it waits for is there.
  pid.catch(() => undefined)
  give(child, FD.given, input.given)
  give(child, FD.seccomp, seccompProgram(process.arch === 'arm64' ? 'arm64' : 'x64'))
  try {
    const { options, fileBytes } = await input.shown
    give(child, FD.args, options.map((option) => `${option}\0`).join(''))
    give(child, FD.files, fileLimit(fileBytes))
    return { child, pid: await inTime(child, pid) }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}

function give(child: ChildProcess, fd: number, bytes: string | Buffer): void {
  const pipe = pipeOf(child, fd)
  // A child that ended early closes its side; its exit says more than this error.
  pipe.on('error', () => pipe.destroy())
  pipe.end(bytes, () => pipe.destroy())
}

/** @types/node knows the first five only. */
function pipeOf(child: ChildProcess, fd: number): Socket {
  return (child.stdio as readonly unknown[])[fd] as Socket
}

/** `{"child-pid": n, …}`, written once by bwrap (--info-fd). */
function firstPid(child: ChildProcess): Promise<number> {
  const info = pipeOf(child, FD.info)
  return new Promise((done, fail) => {
    let text = ''
    const refuse = (why: string): void => {
      info.destroy()
      fail(new Fault('unavailable', why))
    }
    child.once('error', (error) => refuse(`bwrap cannot be started: ${error.message}`))
    info.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    info.once('error', (error) => refuse(error.message))
    info.once('end', () => {
      const pid = /"child-pid":\s*(\d+)/.exec(text)?.[1]
      if (pid === undefined) return refuse('bwrap ended before it made the sandbox.')
      info.destroy()
      done(Number(pid))
    })
  })
}

/** Faults: unavailable. */
async function inTime(child: ChildProcess, pid: Promise<number>): Promise<number> {
  const late = () => void pipeOf(child, FD.info).destroy(new Error('bwrap did not make the sandbox in time.'))
  const timer = setTimeout(late, STARTED_MS)
  try {
    return await pid
  } finally {
    clearTimeout(timer)
  }
}
