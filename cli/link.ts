// One WebSocket to a server or a laptop runtime: calls with their events, and byte streams with credit. It never prints.
import { WebSocket } from 'ws'
import { FAULTS, Fault, fromMessage } from '#dsl/fault.ts'
import type { FaultCode } from '#dsl/fault.ts'
import { FRAME_HEADER, framePayload, frameStream } from '#dsl/wire/frame.ts'
import { SUBPROTOCOL, parseServerFrame } from '#dsl/wire/message.ts'
import type { ServerFrame, StreamNews } from '#dsl/wire/message.ts'
import type { Endpoint } from './endpoint.ts'

const CONNECT_MS = 10_000
const PING_MS = 15_000
/** Largest frame a server may send: a screen of a big terminal, or an answer with 4 MiB of file in base64. */
const FRAME_MAX = 16_777_216

export type Answer = Record<string, unknown>

export interface Call {
  readonly answer: Promise<Answer>
  /** Stops it; `answer` then rejects with what the other side says, `cancelled` as a rule. */
  cancel(): void
}

/** Takes what arrives on one stream. */
export interface Receiver {
  bytes(bytes: Uint8Array): void
  news(news: StreamNews): void
}

export interface Link {
  call(op: string, input: Record<string, unknown>, event?: (event: unknown) => void): Call
  receive(stream: number, receiver: Receiver): void
  sendText(text: string): void
  sendBinary(frame: Uint8Array): void
  close(): void
}

interface Pending {
  readonly event: (event: unknown) => void
  readonly resolve: (answer: Answer) => void
  readonly reject: (fault: Fault) => void
}

/** Faults: unavailable (nobody there, or gone in the middle), unauthenticated, forbidden. */
export async function connect(endpoint: Endpoint): Promise<Link> {
  const socket = await open(endpoint)
  const pending = new Map<number, Pending>()
  const receivers = new Map<number, Receiver>()
  let last = 0
  const keeper = keepAlive(socket)

  const send = (frame: object) => socket.send(JSON.stringify(frame))

  function take(frame: ServerFrame): void {
    if ('pong' in frame) return
    if ('stream' in frame && !('ok' in frame)) return receivers.get(frame.stream)?.news(frame)
    if (!('id' in frame)) return
    const call = pending.get(Number(frame.id))
    if (call === undefined) return
    if ('event' in frame) return call.event(frame.event)
    pending.delete(Number(frame.id))
    if (!frame.ok) return call.reject(fromMessage(frame.error))
    const output: Answer = { ...frame }
    delete output['id']
    delete output['ok']
    call.resolve(output)
  }

  socket.on('message', (data: Buffer, binary: boolean) => {
    if (binary && data.length > FRAME_HEADER)
      return void receivers.get(frameStream(data))?.bytes(framePayload(data))
    if (!binary) take(parseServerFrame(data.toString()))
  })
  socket.on('close', (code, reason) => {
    clearInterval(keeper)
    const fault = closeFault(code, reason.toString(), endpoint.url)
    for (const call of pending.values()) call.reject(fault)
    pending.clear()
  })

  return {
    call(op, input, event = () => undefined) {
      const id = ++last
      const { promise, resolve, reject } = Promise.withResolvers<Answer>()
      pending.set(id, { event, resolve, reject })
      send({ ...input, id, op })
      return { answer: promise, cancel: () => send({ cancel: id }) }
    },
    receive: (stream, receiver) => void receivers.set(stream, receiver),
    sendText: (text) => socket.send(text),
    sendBinary: (frame) => socket.send(frame),
    close: () => socket.close(1000),
  }
}

/** A socket that is open and authenticated; `rpc` uses it raw. Faults as `connect`. */
export function open({ url, token }: Endpoint): Promise<WebSocket> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/rpc`, SUBPROTOCOL, {
    headers,
    handshakeTimeout: CONNECT_MS,
    maxPayload: FRAME_MAX,
    perMessageDeflate: false,
  })
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      socket.off('error', failed)
      socket.on('error', () => undefined)
      resolve(socket)
    })
    socket.once('unexpected-response', (request, response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body = (body + text).slice(0, 65_536)))
      response.once('close', () => reject(refusal(response.statusCode ?? 0, body, url)))
      response.once('end', () => request.destroy())
    })
    socket.once('error', failed)
    function failed(cause: Error): void {
      reject(
        new Fault(
          'unavailable',
          `Nothing answers at ${url}. Start a server (npm start) or a runtime (chispart ws start), or give --url.`,
          { cause },
        ),
      )
    }
  })
}

/** The fault in an HTTP answer; by its status when the body holds none. */
export function refusal(status: number, body: string, url: string): Fault {
  try {
    const { error } = JSON.parse(body) as { error?: { code: string; message: string; data?: unknown } }
    if (typeof error?.code === 'string' && typeof error.message === 'string') return fromMessage(error)
  } catch {
    // Not one of ours; the status says enough.
  }
  const codes = Object.keys(FAULTS) as FaultCode[]
  const code = codes.find((name) => FAULTS[name].http === status) ?? 'unavailable'
  const cure =
    code === 'unauthenticated' ? ' Give --token or CHISPART_TOKEN, or pair: chispart pair <code>.' : ''
  return new Fault(code, `${url} answered HTTP ${status}.${cure}`)
}

/** Ends a socket that does not answer a ping within the next round. */
function keepAlive(socket: WebSocket): NodeJS.Timeout {
  let alive = true
  socket.on('pong', () => (alive = true))
  const timer = setInterval(() => {
    if (!alive) return socket.terminate()
    alive = false
    socket.ping()
  }, PING_MS)
  return timer.unref()
}

function closeFault(code: number, reason: string, url: string): Fault {
  const codes = Object.keys(FAULTS) as FaultCode[]
  const named = codes.find((name) => FAULTS[name].ws === code)
  if (named !== undefined) return new Fault(named, reason || `${url} closed the connection: ${named}.`)
  return new Fault('unavailable', `${url} closed the connection (${code}). Try again in a moment.`)
}
