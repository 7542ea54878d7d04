// A bare client of /rpc, as a stranger would write it from API-RPC.md. It uses nothing of the product but the wire's shapes.
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { framePayload, frameStream, packFrame } from '#dsl/wire/frame.ts'

export type Frame = Record<string, unknown>
export type Answer = Frame & { events: unknown[] }

/** Everything that a handshake can say besides the address. */
export interface Handshake {
  readonly path?: string
  readonly headers?: Record<string, string>
  readonly protocols?: readonly string[]
}

export interface Client {
  readonly socket: WebSocket
  /** Sends one frame verbatim. */
  send(frame: Frame | string): void
  /** Calls and waits for the answer; events of the call are collected. */
  call(op: string, input?: Frame): Promise<Answer>
  /** Sends one frame verbatim, a pasted one above all, and waits for what answers it. */
  ask(frame: string): Promise<Answer>
  /** Waits for the next text frame that fits and answers no call. */
  news(fits: (frame: Frame) => boolean): Promise<Frame>
  /** Sends bytes on a stream. */
  write(stream: number, text: string): void
  /** Waits until the text of a stream holds `needle`; grants credit for all that arrives. */
  until(stream: number, needle: string | RegExp, timeoutMs?: number): Promise<string>
  /** All bytes of a stream so far. */
  bytes(stream: number): Buffer
  /** The first `count` bytes of a stream, once they are there. */
  first(stream: number, count: number): Promise<Buffer>
  close(): Promise<void>
}

const NEWS_MS = 15_000
/** What a needle may lie across. */
const TAIL_FRAMES = 50

/** Without a token, the handshake carries a proof of its own. */
export async function connect(
  url: string,
  token: string | undefined,
  options: Handshake = {},
): Promise<Client> {
  const bearer = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const headers = { ...bearer, ...options.headers }
  const socket = openSocket(url, { ...options, headers })
  await once(socket, 'open')
  const streams = new Map<number, Buffer[]>()
  const sizes = new Map<number, number>()
  const waiting = new Map<string, { events: unknown[]; resolve(frame: Answer): void }>()
  const watchers = new Set<() => void>()
  const listeners = new Set<(frame: Frame) => void>()
  let next = 0

  socket.on('message', (data: Buffer, binary: boolean) => {
    if (binary) {
      const stream = frameStream(data)
      const chunks = streams.get(stream) ?? []
      streams.set(stream, chunks)
      chunks.push(Buffer.from(framePayload(data)))
      sizes.set(stream, (sizes.get(stream) ?? 0) + data.length - 4)
      socket.send(JSON.stringify({ stream, credit: data.length - 4 }))
      for (const watch of watchers) watch()
      return
    }
    const frame = JSON.parse(data.toString()) as Frame
    const call = waiting.get(String(frame['id']))
    if (call === undefined) return void listeners.forEach((listen) => listen(frame))
    if ('event' in frame) {
      call.events.push(frame['event'])
      return
    }
    waiting.delete(String(frame['id']))
    call.resolve({ ...frame, events: call.events })
  })

  const bytes = (stream: number) => Buffer.concat(streams.get(stream) ?? [])
  const tail = (stream: number) => Buffer.concat((streams.get(stream) ?? []).slice(-TAIL_FRAMES)).toString()
  const text = (stream: number) => bytes(stream).toString()

  /** Looks again at each frame of bytes. */
  function watched<T>(
    found: () => boolean,
    answer: () => T,
    missed: () => string,
    timeoutMs = 15_000,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        watchers.delete(watch)
        reject(new Error(`Within ${timeoutMs} ms: ${missed()}`))
      }, timeoutMs)
      const watch = () => {
        if (!found()) return
        clearTimeout(timer)
        watchers.delete(watch)
        resolve(answer())
      }
      watchers.add(watch)
      watch()
    })
  }
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
    ask(frame) {
      return new Promise((resolve) => {
        waiting.set(idOf(frame), { events: [], resolve })
        socket.send(frame)
      })
    },
    news(fits) {
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error('No such frame came.')), NEWS_MS)
        const listen = (frame: Frame) => {
          if (!fits(frame)) return
          clearTimeout(late)
          listeners.delete(listen)
          resolve(frame)
        }
        listeners.add(listen)
      })
    },
    write: (stream, data) => socket.send(packFrame(stream, Buffer.from(data))),
    until(stream, needle, timeoutMs) {
      const fits = (said: string) => (typeof needle === 'string' ? said.includes(needle) : needle.test(said))
      // All that was said before counts too, but is looked through only once: a flood is long.
      let first = true
      const found = () => {
        const said = first ? text(stream) : tail(stream)
        first = false
        return fits(said)
      }
      const missed = () => `No ${String(needle)} in: ${text(stream).slice(-2000)}`
      return watched(found, () => text(stream), missed, timeoutMs)
    },
    bytes,
    first(stream, count) {
      const taken = () => bytes(stream).subarray(0, count)
      return watched(
        () => (sizes.get(stream) ?? 0) >= count,
        taken,
        () => `Only ${sizes.get(stream) ?? 0} of ${count} bytes came.`,
      )
    },
    async close() {
      const closed = once(socket, 'close')
      socket.close()
      await closed
    },
  }
}

/** How a handshake ended: refused by HTTP, or opened and then closed by the server. */
export interface Refused {
  readonly status?: number
  readonly body?: string
  readonly code?: number
  readonly reason?: string
}

const REFUSED_MS = 5000

/** Knocks at the door, and tells how it was refused. It rejects when the door stays open. */
export function knock(url: string, handshake: Handshake = {}): Promise<Refused> {
  const socket = openSocket(url, handshake)
  socket.on('error', () => undefined)
  return new Promise((resolve, reject) => {
    socket.once('unexpected-response', (_, response) => {
      let body = ''
      response.on('data', (bytes: Buffer) => (body += bytes.toString()))
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }))
    socket.once('open', () =>
      setTimeout(() => {
        if (socket.readyState === socket.OPEN) reject(new Error('The door stayed open.'))
        socket.terminate()
      }, REFUSED_MS).unref(),
    )
  })
}

/** Waits until the server has closed the connection. */
export async function closed({ socket }: Client): Promise<{ code: number; reason: string }> {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer]
  return { code, reason: reason.toString() }
}

function openSocket(url: string, { path = '/rpc', headers = {}, protocols }: Handshake): WebSocket {
  return new WebSocket(`${url.replace(/^http/, 'ws')}${path}`, [...(protocols ?? ['chispart.v1'])], {
    headers,
  })
}

/** The key of a frame's answer; a frame without an id, or none at all, is answered without one. */
function idOf(frame: string): string {
  try {
    return String((JSON.parse(frame) as Frame)['id'])
  } catch {
    return 'undefined'
  }
}
