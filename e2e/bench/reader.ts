// A client of one terminal that reads at a chosen speed and measures: the other side of the floor. It never draws.
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { FRAME_HEADER, frameStream, packFrame } from '#dsl/wire/frame.ts'
import { createWindow } from '#dsl/wire/window.ts'

type Frame = Record<string, unknown>

export interface Reader {
  call(op: string, input?: Frame): Promise<Frame>
  /** Opens a terminal; its bytes go to `onBytes`. Resolves once the shell's first byte is there. */
  open(workspace: string | undefined, onBytes: (bytes: Buffer) => void): Promise<OpenTerminal>
  /** Stops reading from the socket, as a stalled network does, and goes on. */
  stall(): void
  flow(): void
  close(): Promise<void>
}

export interface OpenTerminal {
  readonly pty: string
  readonly stream: number
  write(text: string): void
}

export interface ReaderOptions {
  /** Bytes per second that the reader consumes; as fast as they come when left out. */
  readonly rate?: number
}

export async function connectReader(
  url: string,
  token: string,
  { rate }: ReaderOptions = {},
): Promise<Reader> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/rpc`, 'chispart.v1', {
    headers: { authorization: `Bearer ${token}` },
    perMessageDeflate: false,
  })
  await once(socket, 'open')
  const answers = new Map<string, (frame: Frame) => void>()
  const sinks = new Map<number, (bytes: Buffer) => void>()
  /** Bytes may come before the answer that names their stream has been looked at. */
  const early = new Map<number, Buffer[]>()
  let next = 0

  socket.on('message', (data: Buffer, binary: boolean) => {
    if (!binary) return onText(JSON.parse(data.toString()) as Frame)
    const stream = frameStream(data)
    const bytes = data.subarray(FRAME_HEADER)
    const sink = sinks.get(stream)
    if (sink) return sink(bytes)
    early.set(stream, [...(early.get(stream) ?? []), bytes])
  })

  function onText(frame: Frame): void {
    const id = String(frame['id'])
    if (!('ok' in frame)) return
    answers.get(id)?.(frame)
    answers.delete(id)
  }

  function consume(stream: number, onBytes: (bytes: Buffer) => void): (bytes: Buffer) => void {
    const window = createWindow(performance.now())
    let free = performance.now()
    return (bytes) => {
      const arrived = performance.now()
      window.received(bytes.length)
      onBytes(bytes)
      const grant = () => {
        const now = performance.now()
        const credit = window.consumed(bytes.length, now, now - arrived)
        if (credit > 0 && socket.readyState === WebSocket.OPEN)
          socket.send(JSON.stringify({ stream, credit }))
      }
      if (rate === undefined) return grant()
      free = Math.max(free, arrived) + (bytes.length / rate) * 1000
      setTimeout(grant, free - arrived)
    }
  }

  const call = (op: string, input: Frame = {}) => {
    const id = `b${++next}`
    return new Promise<Frame>((resolve, reject) => {
      answers.set(id, (frame) =>
        frame['ok'] === true ? resolve(frame) : reject(new Error(JSON.stringify(frame))),
      )
      socket.send(JSON.stringify({ id, op, ...input }))
    })
  }

  return {
    call,
    async open(workspace, onBytes) {
      const first = Promise.withResolvers<undefined>()
      const input = { cols: 120, rows: 40, ...(workspace === undefined ? {} : { workspace }) }
      const answer = await call('pty.open', input)
      const stream = Number(answer['stream'])
      const sink = consume(stream, (bytes) => {
        first.resolve(undefined)
        onBytes(bytes)
      })
      sinks.set(stream, sink)
      for (const bytes of early.get(stream) ?? []) sink(bytes)
      early.delete(stream)
      await first.promise
      return {
        pty: String(answer['pty']),
        stream,
        write: (text) => socket.send(packFrame(stream, Buffer.from(text))),
      }
    },
    stall: () => socket.pause(),
    flow: () => socket.resume(),
    async close() {
      const closed = once(socket, 'close')
      socket.close()
      await closed
    },
  }
}
