// One WebSocket as calls with their events, and byte streams. It never prints, and never counts credit.
import { Fault, fromMessage, toFault } from '#dsl/fault.ts'
import { FRAME_HEADER, framePayload, frameStream } from '#dsl/wire/frame.ts'
import { parseServerFrame } from '#dsl/wire/message.ts'
import type { ServerFrame, StreamNews } from '#dsl/wire/message.ts'
import type { Endpoint } from './endpoint.ts'
import { closeFault, closeSocket, openSocket } from './socket.ts'

export type Answer = Record<string, unknown>

export interface Call {
  readonly answer: Promise<Answer>
  /** Stops it; `answer` then rejects with what the other side says, `cancelled` as a rule. */
  cancel(): void
}

export interface CallOptions {
  readonly event?: (event: unknown) => void
  /** Called before any byte of a stream that the answer names; `answer` itself settles a moment later. */
  readonly answered?: (answer: Answer) => void
}

/** Takes what arrives on one stream. */
export interface Receiver {
  bytes(bytes: Uint8Array): void
  news(news: StreamNews): void
  /** The connection is gone; nothing follows. */
  gone(fault: Fault): void
}

export interface Link {
  call(op: string, input: Record<string, unknown>, options?: CallOptions): Call
  receive(stream: number, receiver: Receiver): void
  sendText(text: string): void
  sendBinary(frame: Uint8Array): void
  close(): void
}

interface Pending extends Required<CallOptions> {
  readonly resolve: (answer: Answer) => void
  readonly reject: (fault: Fault) => void
}

const ignore = (): void => undefined

/** Faults: unavailable (nobody there, or gone in the middle), unauthenticated, forbidden. */
export async function connect(endpoint: Endpoint): Promise<Link> {
  const socket = await openSocket(endpoint)
  const pending = new Map<number, Pending>()
  const receivers = new Map<number, Receiver>()
  let last = 0
  let over: Fault | undefined

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
    call.answered(output)
    call.resolve(output)
  }

  function end(fault: Fault): void {
    over ??= fault
    for (const call of pending.values()) call.reject(over)
    for (const receiver of receivers.values()) receiver.gone(over)
    pending.clear()
    receivers.clear()
  }

  socket.on('message', (data: Buffer, binary: boolean) => {
    try {
      if (!binary) take(parseServerFrame(data.toString()))
      else if (data.length > FRAME_HEADER) receivers.get(frameStream(data))?.bytes(framePayload(data))
    } catch (error) {
      end(toFault(error))
      socket.terminate()
    }
  })
  socket.on('close', (code, reason) => end(closeFault(code, reason.toString(), endpoint.url)))

  return {
    call(op, input, { event = ignore, answered = ignore } = {}) {
      const id = ++last
      const { promise, resolve, reject } = Promise.withResolvers<Answer>()
      if (over) reject(over)
      else pending.set(id, { event, answered, resolve, reject })
      socket.send(JSON.stringify({ ...input, id, op }))
      return { answer: promise, cancel: () => socket.send(JSON.stringify({ cancel: id })) }
    },
    receive: (stream, receiver) => void (over ? receiver.gone(over) : receivers.set(stream, receiver)),
    sendText: (text) => socket.send(text),
    sendBinary: (frame) => socket.send(frame),
    close: () => closeSocket(socket),
  }
}
