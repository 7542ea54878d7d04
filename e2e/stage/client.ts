// A bare client of /rpc, as a stranger would write it from API-RPC.md. It uses nothing of the product but the wire's shapes.
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { framePayload, frameStream, packFrame } from '#dsl/wire/frame.ts'

type Frame = Record<string, unknown>

export interface Client {
  readonly socket: WebSocket
  /** Sends one frame verbatim. */
  send(frame: Frame | string): void
  /** Calls and waits for the answer; events of the call are collected. */
  call(op: string, input?: Frame): Promise<Frame & { events: unknown[] }>
  /** Sends bytes on a stream. */
  write(stream: number, text: string): void
  /** Waits until the text of a stream holds `needle`; grants credit for all that arrives. */
  until(stream: number, needle: string | RegExp, timeoutMs?: number): Promise<string>
  /** All bytes of a stream so far. */
  bytes(stream: number): Buffer
  close(): Promise<void>
}

export async function connect(url: string, token: string, options: { path?: string } = {}): Promise<Client> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${options.path ?? '/rpc'}`, 'chispart.v1', {
    headers: { authorization: `Bearer ${token}` },
  })
  await once(socket, 'open')
  const streams = new Map<number, Buffer[]>()
  const waiting = new Map<
    string,
    { events: unknown[]; resolve(frame: Frame & { events: unknown[] }): void }
  >()
  const watchers = new Set<() => void>()
  let next = 0

  socket.on('message', (data: Buffer, binary: boolean) => {
    if (binary) {
      const stream = frameStream(data)
      const chunks = streams.get(stream) ?? []
      streams.set(stream, chunks)
      chunks.push(Buffer.from(framePayload(data)))
      socket.send(JSON.stringify({ stream, credit: data.length - 4 }))
      for (const watch of watchers) watch()
      return
    }
    const frame = JSON.parse(data.toString()) as Frame
    const call = waiting.get(String(frame['id']))
    if (call === undefined) return
    if ('event' in frame) {
      call.events.push(frame['event'])
      return
    }
    waiting.delete(String(frame['id']))
    call.resolve({ ...frame, events: call.events })
  })

  const text = (stream: number) => Buffer.concat(streams.get(stream) ?? []).toString()
  return {
    socket,
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    call(op, input = {}) {
      const id = `t${++next}`
      return new Promise((resolve) => {
        waiting.set(id, { events: [], resolve })
        socket.send(JSON.stringify({ id, op, ...input }))
      })
    },
    write: (stream, data) => socket.send(packFrame(stream, Buffer.from(data))),
    until(stream, needle, timeoutMs = 15_000) {
      return new Promise((resolve, reject) => {
        const found = () =>
          typeof needle === 'string' ? text(stream).includes(needle) : needle.test(text(stream))
        const timer = setTimeout(() => {
          watchers.delete(watch)
          reject(new Error(`No ${String(needle)} within ${timeoutMs} ms in: ${text(stream).slice(-2000)}`))
        }, timeoutMs)
        const watch = () => {
          if (!found()) return
          clearTimeout(timer)
          watchers.delete(watch)
          resolve(text(stream))
        }
        watchers.add(watch)
        watch()
      })
    },
    bytes: (stream) => Buffer.concat(streams.get(stream) ?? []),
    async close() {
      const closed = once(socket, 'close')
      socket.close()
      await closed
    },
  }
}
