// Starts a program on a pseudo-terminal, under Node or Bun. The only file that knows node-pty; it never keeps output.
import { createRequire } from 'node:module'
import { Fault } from '#dsl/fault.ts'
import type { Size } from '#dsl/powers/pty.ts'
import { inputQueue } from './input.ts'

export interface PtyProgram {
  readonly pid: number
  /** Queues bytes; the spawner's `taken` tells when the program's side has them. */
  write(bytes: Uint8Array): void
  resize(size: Size): void
  /** Sends a signal to the program's whole session. */
  kill(signal: NodeJS.Signals): void
  /** Stops and continues reading; a paused program soon blocks on its own output. */
  pause(): void
  resume(): void
}

export interface PtyEvents {
  data(bytes: Buffer): void
  taken(bytes: number): void
  /** After the last byte of output. 128 + n when signal n ended the program. */
  exit(exitCode: number): void
}

export interface PtySpec extends Size {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

/** How often a paused terminal looks whether its program has ended: node-pty drops unread output 200 ms after that. */
const EXIT_LOOK_MS = 50

/** Faults: exhausted (the machine has no terminal or process to give). */
export function spawnPty(spec: PtySpec, events: PtyEvents): PtyProgram {
  try {
    return 'Bun' in globalThis ? spawnOnBun(spec, events) : spawnOnNode(spec, events)
  } catch (cause) {
    throw new Fault('exhausted', 'The workspace is out of processes or terminals. End some, and try again.', {
      cause,
    })
  }
}

function spawnOnNode({ argv, cwd, env, cols, rows }: PtySpec, events: PtyEvents): PtyProgram {
  const { spawn } = createRequire(import.meta.url)('node-pty') as typeof import('node-pty')
  const [file = '', ...args] = argv
  const pty = spawn(file, args, { cwd, env, cols, rows, name: 'xterm-256color', encoding: null })
  const { fd } = pty as unknown as { fd: number }
  const input = inputQueue(fd, events.taken)
  let looking: NodeJS.Timeout | undefined
  const stopLooking = () => clearInterval(looking)
  pty.onData((data) => events.data(data as unknown as Buffer))
  pty.onExit(({ exitCode, signal }) => {
    stopLooking()
    input.close()
    events.exit(signal ? 128 + signal : exitCode)
  })
  return {
    pid: pty.pid,
    write: (bytes) => input.push(bytes),
    resize: (size) => ignoreGone(() => pty.resize(size.cols, size.rows)),
    kill: (signal) => killSession(pty.pid, signal),
    pause() {
      pty.pause()
      stopLooking()
      looking = setInterval(() => isGone(pty.pid) && pty.resume(), EXIT_LOOK_MS)
    },
    resume() {
      stopLooking()
      pty.resume()
    },
  }
}

interface BunTerminal {
  write(bytes: Uint8Array): number
  resize(cols: number, rows: number): void
}
interface BunProcess {
  readonly pid: number
  readonly terminal: BunTerminal
  readonly exited: Promise<number>
  readonly signalCode: string | null
}
interface BunSpawn {
  spawn(
    argv: readonly string[],
    options: {
      cwd: string
      env: Readonly<Record<string, string>>
      terminal: Size & { data(terminal: BunTerminal, bytes: Uint8Array): void; exit(): void }
    },
  ): BunProcess
}

/** Bun reads its terminals itself and cannot pause them, so the recorder bounds what is kept. */
function spawnOnBun({ argv, cwd, env, cols, rows }: PtySpec, events: PtyEvents): PtyProgram {
  const { Bun } = globalThis as unknown as { Bun: BunSpawn }
  const drained = Promise.withResolvers<undefined>()
  const data = (_: BunTerminal, bytes: Uint8Array) => events.data(Buffer.from(bytes))
  const program = Bun.spawn(argv, {
    cwd,
    env: { ...env, TERM: 'xterm-256color' },
    terminal: { cols, rows, data, exit: () => drained.resolve(undefined) },
  })
  void program.exited.then(async (exitCode) => {
    await drained.promise
    events.exit(exitCode)
  })
  return {
    pid: program.pid,
    write(bytes) {
      program.terminal.write(bytes)
      events.taken(bytes.length)
    },
    resize: (size) => ignoreGone(() => program.terminal.resize(size.cols, size.rows)),
    kill: (signal) => killSession(program.pid, signal),
    pause: () => undefined,
    resume: () => undefined,
  }
}

/** The program leads its session, so its process group holds the shell; jobs of the shell get SIGHUP from the kernel. */
function killSession(pid: number, signal: NodeJS.Signals): void {
  ignoreGone(() => process.kill(-pid, signal))
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}

/** A program may end between any two lines of ours; to signal or resize it then is no error. */
function ignoreGone(act: () => void): void {
  try {
    act()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && !/EBADF|already exited|ioctl/.test(message)) throw error
  }
}
