// One lasting terminal: a program, its recorder and whoever is attached. It outlives every client, and one slow reader
// never holds another.
import type { Attachment, AttachOptions, PtyInfo, Size } from '#dsl/powers/pty.ts'
import { FRAME_HEADER, FRAME_PAYLOAD_MAX, WINDOW_INITIAL, writeStream } from '#dsl/wire/frame.ts'
import { countBuffersAsHeap } from '#runtime/collector.ts'
import { overrun } from '#runtime/link/streams.ts'
import type { Channel, Sink } from '#runtime/link/streams.ts'
import { createModes } from './modes.ts'
import { recorder } from './recorder.ts'
import type * as Screen from './screen.ts'
import { spawnPty } from './spawn.ts'
import type { PtySpec } from './spawn.ts'
import { titleOf } from './title.ts'

/** Bytes by which the fastest reader may lag before the program is paused: few for one without credit, so that Ctrl-C is prompt. */
const LAG_MAX = 32_768
/** A reader with credit lags because the link is busy, which passes soon: the program need not wait for that. */
const LINK_LAG_MAX = 1_048_576
/** Output that comes after this much quiet leaves at once; what follows within it is joined. */
const QUIET_MS = 2
const JOIN_MAX = 49_152

/** One frame for all terminals, a new one while its bytes still wait: garbage of a flood costs as much as its way. */
const newSlab = () => Buffer.allocUnsafeSlow(FRAME_HEADER + FRAME_PAYLOAD_MAX)
let slab = newSlab()

/** Node reads a dozen modules when `performance` is first named: 6 ms of a first prompt. */
function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}

/** The emulator is a third of the runtime's code: a sandbox begins without it, and the first who comes back has it loaded. */
async function drawScreen(...from: Parameters<typeof Screen.drawScreen>): Promise<Screen.Screen> {
  return (await import('./screen.ts')).drawScreen(...from)
}

interface Reader {
  readonly stream: number
  readonly channel: Channel
  position: number
  credit: number
  /** Bytes that the client may still type before credit is given. */
  typeable: number
  size: Size
  busy: boolean
}

export interface Session {
  info(): PtyInfo
  attach(channel: Channel, stream: number, options: AttachOptions): Promise<Attachment>
  resize(size: Size): void
  rename(name: string): void
  kill(signal: NodeJS.Signals): void
  /** Resolves with the exit code once the program has ended. */
  readonly ended: Promise<number>
}

export function openSession(id: string, name: string, spec: PtySpec, printed: () => void): Session {
  const modes = createModes()
  const kept = recorder(spec, (bytes) => modes.take(bytes))
  const title = titleOf(kept)
  const readers = new Map<Channel, Map<number, Reader>>()
  const typists: { reader: Reader; bytes: number }[] = []
  const startedAt = new Date().toISOString()
  const ended = Promise.withResolvers<number>()
  let size: Size = { cols: spec.cols, rows: spec.rows }
  let exitCode: number | undefined
  let paused = false
  let timer: NodeJS.Timeout | undefined
  let flushedAt = 0
  let waiting = 0
  /** What answers a key leaves at once. */
  let typed = false

  const program = spawnPty(spec, {
    data(bytes) {
      printed()
      kept.append(bytes)
      waiting += bytes.length
      schedule()
    },
    taken,
    exit(code) {
      exitCode = code
      flush()
      ended.resolve(code)
    },
  })

  const all = () => [...readers.values()].flatMap((streams) => [...streams.values()])

  function schedule(): void {
    const quiet = monotonicMs() - flushedAt >= QUIET_MS
    if (typed || waiting >= JOIN_MAX || (quiet && timer === undefined)) return flush()
    timer ??= setTimeout(flush, QUIET_MS)
  }
  function flush(): void {
    if (waiting >= JOIN_MAX) countBuffersAsHeap()
    clearTimeout(timer)
    timer = undefined
    typed = false
    waiting = 0
    for (const reader of all()) pump(reader)
    flushedAt = monotonicMs()
    balance()
  }
  function pump(reader: Reader): void {
    if (reader.busy || !reader.channel.sinks.has(reader.stream)) return
    // Only for one who takes it: a screen is drawn at a price, and a reader who is stalled would get one each lap of the ring.
    if (reader.position < kept.start && reader.credit > 0) return void redraw(reader)
    while (reader.credit > 0 && reader.position < kept.end) {
      const room = reader.channel.room()
      if (room !== undefined) return void whenRoom(reader, room)
      const length = Math.min(reader.credit, kept.end - reader.position, FRAME_PAYLOAD_MAX)
      const frame = slab.subarray(0, FRAME_HEADER + length)
      writeStream(frame, reader.stream)
      kept.copy(reader.position, frame.subarray(FRAME_HEADER))
      reader.position += length
      reader.credit -= length
      if (!reader.channel.sendBinary(frame)) slab = newSlab()
    }
    if (exitCode === undefined || reader.position < kept.end) return
    reader.channel.news({ stream: reader.stream, end: true, exitCode })
    drop(reader)
  }
  async function whenRoom(reader: Reader, room: Promise<void>): Promise<void> {
    reader.busy = true
    await room
    reader.busy = false
    pump(reader)
    balance()
  }
  async function redraw(reader: Reader): Promise<void> {
    reader.busy = true
    const { screen, cursor } = await drawScreen(kept, modes.text())
    reader.channel.news({ stream: reader.stream, screen, cursor })
    reader.position = cursor
    reader.busy = false
    pump(reader)
  }
  /** Pauses the program while even its fastest reader lags; a terminal that nobody looks at goes on. */
  function balance(): void {
    const [first, ...others] = all()
    const fastest = others.reduce(
      (best, reader) => (reader.position > (best?.position ?? 0) ? reader : best),
      first,
    )
    const lag = fastest === undefined ? 0 : kept.end - fastest.position
    const most = fastest !== undefined && fastest.credit > 0 ? LINK_LAG_MAX : LAG_MAX
    if (!paused && lag > most) program.pause()
    else if (paused && lag <= most / 2) program.resume()
    else return
    paused = !paused
  }
  function drop(reader: Reader): void {
    reader.channel.sinks.delete(reader.stream)
    const streams = readers.get(reader.channel)
    streams?.delete(reader.stream)
    if (streams?.size === 0) readers.delete(reader.channel)
    balance()
  }
  function taken(bytes: number): void {
    for (let left = bytes; left > 0;) {
      const typist = typists[0]
      if (!typist) return
      const count = Math.min(left, typist.bytes)
      typist.bytes -= count
      left -= count
      typist.reader.typeable += count
      typist.reader.channel.news({ stream: typist.reader.stream, credit: count })
      if (typist.bytes === 0) typists.shift()
    }
  }
  function type(reader: Reader, bytes: Uint8Array): void {
    if (bytes.length === 0 || exitCode !== undefined) return
    if (bytes.length > reader.typeable) {
      reader.channel.news({ stream: reader.stream, error: overrun().toJSON() })
      return drop(reader)
    }
    reader.typeable -= bytes.length
    typists.push({ reader, bytes: bytes.length })
    if (reader.size.cols !== size.cols || reader.size.rows !== size.rows) resize(reader.size)
    typed = true
    program.write(bytes)
  }
  function resize(next: Size): void {
    if (next.cols === size.cols && next.rows === size.rows) return
    size = { cols: next.cols, rows: next.rows }
    kept.mark(size)
    program.resize(size)
    for (const { channel, stream } of all()) channel.news({ stream, size })
  }
  function sinkOf(reader: Reader): Sink {
    return {
      bytes: (bytes) => type(reader, bytes),
      control({ credit, close }) {
        if (close) return drop(reader)
        if (credit === undefined) return
        reader.credit += credit
        pump(reader)
        balance()
      },
      gone: () => drop(reader),
    }
  }

  async function attach(channel: Channel, stream: number, options: AttachOptions): Promise<Attachment> {
    const own = { cols: options.cols ?? size.cols, rows: options.rows ?? size.rows }
    const reader: Reader = {
      stream,
      channel,
      position: kept.end,
      credit: WINDOW_INITIAL,
      typeable: WINDOW_INITIAL,
      size: own,
      busy: true,
    }
    if (all().length === 0) resize(own)
    const { cursor } = options
    const known = cursor !== undefined && cursor >= kept.start && cursor <= kept.end
    const drawn = known ? { cursor } : kept.end === 0 ? { cursor: 0 } : await drawScreen(kept, modes.text())
    reader.position = drawn.cursor
    readers.set(channel, (readers.get(channel) ?? new Map<number, Reader>()).set(stream, reader))
    channel.sinks.set(stream, sinkOf(reader))
    // The answer that names the stream leaves before its first byte.
    setImmediate(() => {
      reader.busy = false
      if (channel.sinks.has(stream)) pump(reader)
    })
    return { pty: id, stream, ...drawn, ...size }
  }

  return {
    info: () => ({
      id,
      name,
      title: title(),
      cwd: spec.cwd,
      ...size,
      startedAt,
      attached: all().length,
      ...(exitCode === undefined ? {} : { exitCode }),
    }),
    attach,
    resize: (next) => {
      for (const reader of all()) reader.size = next
      resize(next)
    },
    rename: (next) => void (name = next),
    kill: (signal) => program.kill(signal),
    ended: ended.promise,
  }
}
