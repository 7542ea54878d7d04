// One conversation with a client, whatever carries it: frames in, answers and events out. It never runs an op itself and
// never answers out of its limits; what a call means is its handler's business.
import { Fault, toFault } from '#dsl/fault.ts'
import type { Emit } from '#dsl/op.ts'
import { FRAME_HEADER, FRAME_PAYLOAD_MAX } from '#dsl/wire/frame.ts'
import { parseClientFrame, TEXT_MAX } from '#dsl/wire/message.ts'
import type { CallId, ClientFrame, ServerFrame, StreamNews } from '#dsl/wire/message.ts'

/** Calls that one client may have in flight. */
export const CALLS_MAX = 64
/** Bytes of events that a tool call collects for its one answer. */
export const TOOL_EVENTS_MAX = 8_388_608

/** What carries the frames: a WebSocket, or anything as orderly. */
export interface Transport {
  sendText(text: string): void
  sendBinary(frame: Uint8Array): void
  /** Resolves when the peer has taken enough for more to be sent, or is gone. */
  drained(): Promise<void>
  /** Ends the connection; the fault's WebSocket close code and message say why. */
  close(fault: Fault): void
}

export interface ConversationCall {
  readonly op: string
  readonly input: Record<string, unknown>
  /** Aborts when the client cancels or leaves; its reason is a Fault. */
  readonly signal: AbortSignal
  /** One event to the client; resolves when there is room for the next. */
  readonly emit: Emit<unknown>
}

export type StreamControl = Omit<Extract<ClientFrame, { kind: 'stream' }>, 'kind'>

/** What answers: a dispatcher in the server, the runtime itself on a laptop. */
export interface Handler {
  call(call: ConversationCall): Promise<Record<string, unknown>>
  /** A binary frame of the client, whole: `[stream u32][bytes]`. Throwing a Fault ends the conversation. */
  binary(frame: Uint8Array): void
  /** Credit, end, close, size or signal of one stream. */
  stream(frame: StreamControl): void
  /** Told of each frame that does not fit, whether the conversation goes on or ends by it. */
  refused?(fault: Fault): void
}

export interface Conversation {
  /** A text frame of the client. Never throws. */
  text(frame: string): void
  /** A binary frame of the client. Never throws. */
  binary(frame: Uint8Array): void
  /** News of a stream, from this side. */
  news(news: StreamNews): void
  /** The client is gone: every call in flight is cancelled. Idempotent. */
  end(): void
}

export function converse(transport: Transport, handler: Handler): Conversation {
  const flying = new Set<AbortController>()
  const byId = new Map<CallId, AbortController>()
  let open = true

  const send = (frame: ServerFrame) => {
    if (open) transport.sendText(JSON.stringify(frame))
  }
  const emitter =
    (id: CallId | undefined): Emit<unknown> =>
    async (event) => {
      send({ ...named(id), event })
      await transport.drained()
    }

  async function answer(frame: Extract<ClientFrame, { kind: 'call' | 'tool' }>): Promise<void> {
    const { id, op, input } = frame
    const refusal = refuse(id)
    if (refusal) return send({ ...named(id), ok: false, error: refusal.toJSON() })
    const control = new AbortController()
    flying.add(control)
    if (id !== undefined) byId.set(id, control)
    const collected = frame.kind === 'tool' ? collector() : undefined
    try {
      const emit = collected?.emit ?? emitter(id)
      const output = await handler.call({ op, input, signal: control.signal, emit })
      send({ ...(collected ? { stream: collected.events } : {}), ...output, ...named(id), ok: true })
    } catch (error) {
      send({ ...named(id), ok: false, error: reasonOf(error, control.signal).toJSON() })
    } finally {
      flying.delete(control)
      if (id !== undefined) byId.delete(id)
    }
  }

  function refuse(id: CallId | undefined): Fault | undefined {
    if (flying.size >= CALLS_MAX)
      return new Fault('rate_limited', `${CALLS_MAX} calls are in flight here. Wait for one to be answered.`)
    if (id !== undefined && byId.has(id))
      return new Fault('conflict', `A call with the id ${JSON.stringify(id)} is in flight. Use another id.`)
    return undefined
  }

  function take(frame: ClientFrame): void {
    if (frame.kind === 'ping') return send({ pong: frame.value })
    if (frame.kind === 'cancel') return byId.get(frame.id)?.abort(cancelled())
    if (frame.kind === 'stream') {
      const { stream, credit, end, close, size, signal } = frame
      return handler.stream({ stream, credit, end, close, size, signal })
    }
    void answer(frame)
  }

  function end(): void {
    open = false
    for (const control of flying) control.abort(cancelled())
  }

  function stop(fault: Fault): void {
    if (!open) return
    transport.close(fault)
    end()
    handler.refused?.(fault)
  }

  return {
    text(text) {
      if (!open) return
      if (Buffer.byteLength(text) > TEXT_MAX)
        return stop(new Fault('too_large', `A text frame holds at most ${TEXT_MAX} bytes.`))
      try {
        take(parseClientFrame(text))
      } catch (error) {
        const fault = toFault(error)
        send({ ...named(idOf(text)), ok: false, error: fault.toJSON() })
        handler.refused?.(fault)
      }
    },
    binary(frame) {
      if (!open) return
      if (frame.byteLength < FRAME_HEADER)
        return stop(new Fault('malformed', 'A binary frame starts with the 4 bytes of its stream.'))
      if (frame.byteLength > FRAME_HEADER + FRAME_PAYLOAD_MAX)
        return stop(new Fault('too_large', `A binary frame carries at most ${FRAME_PAYLOAD_MAX} bytes.`))
      try {
        handler.binary(frame)
      } catch (error) {
        stop(toFault(error))
      }
    },
    news: send,
    end,
  }
}

function cancelled(): Fault {
  return new Fault('cancelled', 'The caller cancelled the call.')
}

/** An op that stops because its signal aborted faults with the reason of the abort, whatever it threw. */
function reasonOf(error: unknown, signal: AbortSignal): Fault {
  if (signal.aborted && !(error instanceof Fault)) return toFault(signal.reason)
  return toFault(error)
}

function named(id: CallId | undefined): { id?: CallId } {
  return id === undefined ? {} : { id }
}

/** The id of a frame that does not fit, so that its fault finds the caller. */
function idOf(text: string): CallId | undefined {
  try {
    const { id } = JSON.parse(text) as { id?: unknown }
    return typeof id === 'string' || Number.isSafeInteger(id) ? (id as CallId) : undefined
  } catch {
    return undefined
  }
}

function collector(): { events: unknown[]; emit: Emit<unknown> } {
  const events: unknown[] = []
  let bytes = 0
  return {
    events,
    emit: (event) => {
      bytes += JSON.stringify(event).length
      if (bytes > TOOL_EVENTS_MAX)
        return Promise.reject(
          new Fault(
            'too_large',
            'The tool said more than one answer holds. Use {"op"} to stream its events.',
          ),
        )
      events.push(event)
      return Promise.resolve()
    },
  }
}
