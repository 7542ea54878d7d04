// Starts a program on a pseudo-terminal, under Node or Bun. It never keeps output.
import { Fault } from '#dsl/fault.ts'
import type { Size } from '#dsl/powers/pty.ts'
import { inputQueue } from './input.ts'
import { openNative } from './native.ts'

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
  /** The bytes hold only until it returns. */
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

/** Milliseconds of reading after the program has ended. */
const LAST_WORDS_MS = 200

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

function spawnOnNode(spec: PtySpec, events: PtyEvents): PtyProgram {
  const env = { ...spec.env, TERM: spec.env['TERM'] ?? 'xterm-256color' }
  let exitCode: number | undefined
  let paused = false
  let lastWords: NodeJS.Timeout | undefined
  const terminal = openNative({ ...spec, env }, events.data, (code, signal) => {
    exitCode = signal ? 128 + signal : code
    listen()
  })
  const { fd, pid, output } = terminal
  const input = inputQueue(fd, events.taken)
  let open = true

  /** A program that outlives its shell may hold the terminal for ever: what it prints now is not waited for. */
  function listen(): void {
    clearTimeout(lastWords)
    if (open && !paused && exitCode !== undefined)
      lastWords = setTimeout(() => output.destroy(), LAST_WORDS_MS)
    if (!open && exitCode !== undefined) events.exit(exitCode)
  }
  output.once('close', () => {
    open = false
    input.close()
    listen()
  })
  return {
    pid,
    write: (bytes) => input.push(bytes),
    // The descriptor's number may be another file's once it is closed.
    resize: ({ cols, rows }) => open && ignoreGone(() => terminal.resize(cols, rows)),
    kill: (signal) => killSession(pid, signal),
    pause() {
      paused = true
      output.pause()
      listen()
    },
    resume() {
      paused = false
      output.resume()
      listen()
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

/** A program may end between any two lines of ours; to signal or resize it then is no error. */
function ignoreGone(act: () => void): void {
  try {
    act()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && !/EBADF|already exited|ioctl/.test(message)) throw error
  }
}
