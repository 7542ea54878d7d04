// The power to run a command to its end. It never leaves a process of the command behind, nor reads faster than its reader.
import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { constants } from 'node:os'
import { Fault } from '#dsl/fault.ts'
import type { Size } from '#dsl/powers/pty.ts'
import type { Command, Exec, ExecOptions, ExecResult, OutputChunk } from '#dsl/powers/exec.ts'
import { WINDOW_INITIAL } from '#dsl/wire/frame.ts'
import { countBuffersAsHeap } from '#runtime/collector.ts'
import { outflow, overrun } from '#runtime/link/streams.ts'
import type { Channel, Outflow } from '#runtime/link/streams.ts'
import { spawnPty } from '#runtime/pty/spawn.ts'
import type { PtyProgram } from '#runtime/pty/spawn.ts'

/** Bytes of output kept when nobody takes the chunks. */
export const COLLECT_MAX = 8_388_608
/** Bytes that a full pipe gives at once: a program writes faster than it is read. */
const FLOOD = 65_536
/** What a terminal takes for the end of input. */
const EOT = 4

export interface ExecPlace {
  readonly signal: AbortSignal
  readonly channel: Channel
  readonly nextStream: () => number
  /** The workspace's variables and those of the request. Faults: denied. */
  readonly env: (more: Readonly<Record<string, string>> | undefined) => Readonly<Record<string, string>>
  readonly cwd: (path: string | undefined) => Promise<string>
  /** The argv to run, judged. Faults: denied. */
  readonly argv: (command: Command) => Promise<readonly string[]>
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>
type Taker = (type: OutputChunk['type'], bytes: Uint8Array) => Promise<void>

export function execPower(place: ExecPlace): Exec {
  return {
    async run(command, options = {}) {
      const collected = collector(options)
      const exitCode = options.pty
        ? await onTerminal(place, command, options, collected.take)
        : await onPipes(place, command, options, collected.take)
      return { exitCode, ...(await collected.result()) }
    },
    async stream(command, options, opened) {
      const stream = place.nextStream()
      const stderr = options.pty ? undefined : place.nextStream()
      const flows = {
        stdout: outflow(place.channel, stream),
        stderr: outflow(place.channel, stderr ?? stream),
      }
      const take: Taker = (type, bytes) => flows[type].write(bytes)
      const gone = new AbortController()
      const signal = AbortSignal.any([place.signal, gone.signal])
      signal.addEventListener('abort', () => (flows.stdout.stop(), flows.stderr.stop()), { once: true })
      const feed = (steer: Steer) => {
        sink(place.channel, stream, flows.stdout, gone, steer)
        if (stderr !== undefined) sink(place.channel, stderr, flows.stderr, gone)
      }
      try {
        const here = { ...place, signal }
        const ready = async () => opened({ stream, ...(stderr === undefined ? {} : { stderr }) })
        const run = options.pty ? onTerminal : onPipes
        const exitCode = await run(here, command, options, take, { feed, ready, stream })
        place.channel.news({ stream, end: true, exitCode })
        if (stderr !== undefined) place.channel.news({ stream: stderr, end: true })
        return { exitCode }
      } finally {
        place.channel.sinks.delete(stream)
        if (stderr !== undefined) place.channel.sinks.delete(stderr)
      }
    },
  }
}

/** What the client may do to a running command. */
interface Steer {
  readonly write: (bytes: Uint8Array) => void
  /** End of standard input. */
  readonly end: () => void
  readonly resize?: (size: Size) => void
  readonly signal: (name: NodeJS.Signals) => void
}

interface Live {
  readonly feed: (steer: Steer) => void
  readonly ready: () => Promise<void>
  readonly stream: number
}

function sink(channel: Channel, stream: number, flow: Outflow, gone: AbortController, steer?: Steer): void {
  const leave = () => gone.abort(new Fault('cancelled', 'The client closed the stream of the command.'))
  channel.sinks.set(stream, {
    bytes: (bytes) => steer?.write(bytes),
    control(frame) {
      if (frame.credit !== undefined) flow.credit(frame.credit)
      if (frame.size) steer?.resize?.(frame.size)
      if (frame.signal) steer?.signal(frame.signal)
      if (frame.end) steer?.end()
      if (frame.close) leave()
    },
    gone: leave,
  })
}

async function onPipes(
  place: ExecPlace,
  command: Command,
  options: ExecOptions,
  take: Taker,
  live?: Live,
): Promise<number> {
  const [file = '', ...args] = await place.argv(command)
  const cwd = await place.cwd(options.cwd)
  place.signal.throwIfAborted()
  await live?.ready()
  // Without a level, bash takes a socket on stdin for a remote shell and reads ~/.bashrc into every command.
  const env = { SHLVL: '1', ...place.env(options.env) }
  const child: Child = spawn(file, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.on('error', () => undefined)
  if (live) feedPipe(place.channel, live, child)
  else child.stdin.end(options.stdin ?? '')
  const exited = new Promise<number>((resolve, reject) => {
    child.once('error', (cause) => reject(notStarted(file, cause)))
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  })
  const stop = () => signalGroup(child.pid, 'SIGKILL')
  const limit = guard(place.signal, options.timeoutMs, stop)
  try {
    const [exitCode] = await Promise.all([
      exited,
      drain(child.stdout, (bytes) => take('stdout', bytes)),
      drain(child.stderr, (bytes) => take('stderr', bytes)),
    ])
    limit.check()
    return exitCode
  } finally {
    limit.clear()
    stop()
  }
}

/** EAGAIN and ENOMEM: fork(2) has no process or memory to give. */
function notStarted(file: string, cause: NodeJS.ErrnoException): Fault {
  return cause.code === 'EAGAIN' || cause.code === 'ENOMEM'
    ? new Fault('exhausted', 'The workspace is out of processes. End some, or stop it and start it again.', {
        cause,
      })
    : new Fault('not_found', `"${file}" cannot be run here.`, { cause })
}

function feedPipe(channel: Channel, live: Live, child: Child): void {
  let typeable = WINDOW_INITIAL
  live.feed({
    write(bytes) {
      typeable -= bytes.length
      if (typeable < 0) return channel.news({ stream: live.stream, error: overrun().toJSON() })
      child.stdin.write(Uint8Array.from(bytes), () => {
        typeable += bytes.length
        if (bytes.length > 0) channel.news({ stream: live.stream, credit: bytes.length })
      })
    },
    end: () => child.stdin.end(),
    signal: (name) => signalGroup(child.pid, name),
  })
}

async function drain(stream: Readable, take: (bytes: Uint8Array) => Promise<void>): Promise<void> {
  for await (const bytes of stream as AsyncIterable<Buffer>) {
    if (bytes.length >= FLOOD) countBuffersAsHeap()
    await take(bytes)
  }
}

async function onTerminal(
  place: ExecPlace,
  command: Command,
  options: ExecOptions,
  take: Taker,
  live?: Live,
): Promise<number> {
  const argv = await place.argv(command)
  const cwd = await place.cwd(options.cwd)
  place.signal.throwIfAborted()
  await live?.ready()
  const env = place.env(options.env)
  const size = { cols: options.cols ?? 80, rows: options.rows ?? 24 }
  const exited = Promise.withResolvers<number>()
  let last: Promise<void> = Promise.resolve()
  const program: PtyProgram = spawnPty(
    { argv, cwd, env, ...size },
    {
      data(bytes) {
        program.pause()
        last = last.then(() => take('stdout', bytes)).then(() => program.resume(), exited.reject)
      },
      taken: (bytes) => live && place.channel.news({ stream: live.stream, credit: bytes }),
      exit: exited.resolve,
    },
  )
  if (live)
    live.feed({
      write: (bytes) => program.write(Uint8Array.from(bytes)),
      end: () => program.write(Uint8Array.of(EOT)),
      resize: program.resize,
      signal: program.kill,
    })
  else if (options.stdin !== undefined) program.write(Buffer.from(`${options.stdin}\x04`))
  const limit = guard(place.signal, options.timeoutMs, () => program.kill('SIGKILL'))
  try {
    const exitCode = await exited.promise
    await last
    limit.check()
    return exitCode
  } finally {
    limit.clear()
    program.kill('SIGKILL')
  }
}

/** Stops the program when the call is cancelled or its time is over; `check` then throws why. */
function guard(signal: AbortSignal, timeoutMs: number | undefined, stop: () => void) {
  let late = false
  const expire = () => {
    late = true
    stop()
  }
  const timer = timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs)
  signal.addEventListener('abort', stop, { once: true })
  return {
    check() {
      if (late) throw new Fault('timed_out', `The command ran longer than ${timeoutMs} ms and was stopped.`)
      if (signal.aborted) throw signal.reason
    },
    clear() {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    },
  }
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // Nothing of it is left.
  }
}

/** Text in whole characters, to the caller or kept up to COLLECT_MAX. */
function collector({ output }: ExecOptions): {
  take: Taker
  result(): Promise<Omit<ExecResult, 'exitCode'>>
} {
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  const kept = { stdout: '', stderr: '' }
  let bytesKept = 0
  let truncated = false
  async function text(type: OutputChunk['type'], data: string): Promise<void> {
    if (data === '') return
    if (output) return output({ type, data })
    kept[type] += data
  }
  return {
    take: (type, bytes) => {
      const room = output ? bytes.length : COLLECT_MAX - bytesKept
      bytesKept += bytes.length
      if (bytes.length > room) truncated = true
      return text(type, decoders[type].decode(bytes.subarray(0, Math.max(0, room)), { stream: true }))
    },
    async result() {
      await text('stdout', decoders.stdout.decode())
      await text('stderr', decoders.stderr.decode())
      return { ...kept, truncated }
    },
  }
}
