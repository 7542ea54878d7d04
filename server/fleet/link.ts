// One live link to a runtime: calls out, answers and events back, a heartbeat. It never trusts what the other end says.
import type { Duplex } from 'node:stream'
import { findOp } from '#dsl/catalog.ts'
import { Fault, fromMessage } from '#dsl/fault.ts'
import type { Grant } from '#dsl/wire/link.ts'
import { parseServerFrame } from '#dsl/wire/message.ts'
import type { StreamNews } from '#dsl/wire/message.ts'
import { writeBinary, writeText } from '#runtime/link/packet.ts'
import type { PacketReader } from '#runtime/link/packet.ts'
import { Detached } from '#server/workflow/step-runner.ts'
import { createEventQueue } from './event-queue.ts'
import type { Mux, StreamLink } from './mux.ts'

export const PING_MS = 5000
export const SILENCE_MS = 15_000
/** How long a cancelled call may take to say so. */
const CANCEL_MS = 5000
/** Bytes that may wait for a runtime that reads too slowly; clients have far less credit than that. */
const QUEUE_MAX = 33_554_432
/** Events of one call that may wait for its caller. */
const EVENTS_MAX = 8_388_608

export interface LinkRequest {
  readonly op: string
  readonly input: Record<string, unknown>
  readonly grant: Grant
  readonly streams: readonly number[]
  readonly signal: AbortSignal
  /** `place` is that of an event of a call with `once`. */
  readonly emit: (event: unknown, place: EventPlace) => Promise<void>
  /** Id under which the call outlives this link, and the last event that the caller has. */
  readonly once?: { readonly id: string; readonly after: number }
}

export interface EventPlace {
  readonly n: number
  /** Bytes of text in the events before. */
  readonly at: number
}

export interface RuntimeLink extends StreamLink {
  /** Whether there was a repository when its runtime was ready. */
  readonly hadRepository: boolean
  /**
   * The answer, after every event has been taken. Faults: what the runtime says; unavailable (the link broke); the
   * signal's reason, which cancels the call, unless it is `Detached`: then a call with `once` goes on.
   */
  call(request: LinkRequest): Promise<Record<string, unknown>>
  /** Ends the calls with `once` whose id starts so. */
  cancelOnce(prefix: string): void
  /** Grows with every call, key and, as the runtime tells it each few seconds, all else that is going on in the workspace. */
  uses(): number
  /** Asks the runtime for a further link, whose hello names the guest. */
  invite(guest: string): void
  close(): void
}

interface Flying {
  event(event: unknown, bytes: number, place: EventPlace): void
  settle(outcome: Record<string, unknown> | Fault): void
}

/** Takes over `stream` after its hello. The reader is what its packets are handed to from now on. */
export function openLink(
  stream: Duplex,
  mux: Mux,
  hadRepository = false,
): { link: RuntimeLink; reader: PacketReader } {
  const flying = new Map<string, Flying>()
  let calls = 0
  let heard = Date.now()
  let uses = 0
  let usesThere = 0

  const say = (frame: unknown) => {
    if (stream.destroyed) return
    writeText(stream, JSON.stringify(frame))
    if (stream.writableLength > QUEUE_MAX) stream.destroy()
  }
  const beat = setInterval(() => {
    if (Date.now() - heard > SILENCE_MS) stream.destroy()
    else say({ ping: Date.now() })
  }, PING_MS)

  const link: RuntimeLink = {
    hadRepository,
    call(request) {
      const id = String(++calls)
      const { op, input, grant, streams, signal, emit, once } = request
      if (findOp(op)?.wakes === true) uses += 1
      if (stream.destroyed) return Promise.reject(broken())
      return new Promise((resolve, reject) => {
        let timer: NodeJS.Timeout | undefined
        const settle = (outcome: Record<string, unknown> | Fault) => {
          if (!flying.delete(id)) return
          clearTimeout(timer)
          signal.removeEventListener('abort', cancel)
          const finish = () => (outcome instanceof Fault ? reject(outcome) : resolve(outcome))
          void queue.idle().then(finish, reject)
        }
        const cancel = () => {
          if (once && signal.reason instanceof Detached) return settle(reasonOf(signal))
          say({ cancel: id })
          timer = setTimeout(() => settle(reasonOf(signal)), CANCEL_MS)
        }
        const taken = async (value: unknown, place: EventPlace) => {
          await emit(value, place)
          if (once) say({ ack: place.n, once: once.id })
        }
        // Only events with a place can be joined: who takes them counts bytes, and not events.
        const queue = createEventQueue(taken, { joins: once !== undefined })
        const event = (value: unknown, bytes: number, place: EventPlace) => {
          queue.add({ event: value, bytes, place })
          if (queue.bytes > EVENTS_MAX) {
            say({ cancel: id })
            return settle(
              new Fault('exhausted', 'The caller takes events slower than they come. Use streams.'),
            )
          }
          queue.idle().catch(cancel)
        }
        flying.set(id, { event, settle })
        if (signal.aborted) return settle(reasonOf(signal))
        signal.addEventListener('abort', cancel, { once: true })
        const joins = once && { once: once.id, after: once.after }
        say({ call: id, op, input, grant, streams, ...joins })
      })
    },
    cancelOnce: (prefix) => say({ cancel_once: prefix }),
    invite: (guest) => say({ invite: guest }),
    uses: () => uses + usesThere,
    sendBinary(frame) {
      if (stream.destroyed) return
      uses += 1
      writeBinary(stream, frame)
      if (stream.writableLength > QUEUE_MAX) stream.destroy()
    },
    control: say,
    close: () => stream.destroy(),
  }

  function take(text: string): void {
    heard = Date.now()
    const frame = parseServerFrame(text)
    if ('pong' in frame) return void (usesThere = Math.max(usesThere, countOf(frame)))
    if ('stream' in frame && !('ok' in frame)) return mux.newsFromLink(link, frame as StreamNews)
    if (!('id' in frame)) return
    const call = flying.get(String(frame.id))
    if (!call) return
    if ('event' in frame && !('ok' in frame)) return call.event(frame.event, text.length, placeOf(frame))
    if (frame['ok'] === false)
      return call.settle(fromMessage(frame['error'] as { code: string; message: string }))
    const output: Record<string, unknown> = { ...frame }
    delete output['id']
    delete output['ok']
    call.settle(output)
  }

  stream.once('close', () => {
    clearInterval(beat)
    for (const call of [...flying.values()]) call.settle(broken())
    mux.lost(link)
  })
  const binary = (frame: Uint8Array) => {
    heard = Date.now()
    return mux.fromLink(link, frame)
  }
  return { link, reader: { text: take, binary } }
}

function countOf(frame: object): number {
  const { uses } = frame as { uses?: unknown }
  return Number.isSafeInteger(uses) ? (uses as number) : 0
}

/** Nothing that an event without a place is asked for; a wrong one leaves a gap that whoever takes it refuses. */
function placeOf(frame: object): EventPlace {
  const { n, at } = frame as { n?: unknown; at?: unknown }
  const number = (value: unknown) => (Number.isSafeInteger(value) ? Math.max(0, value as number) : 0)
  return { n: number(n), at: number(at) }
}

/** Whether the call may still run behind a link that is gone. */
export function isBroken(error: unknown): boolean {
  return error instanceof Fault && (error.data as { reason?: unknown } | undefined)?.reason === 'link'
}

function broken(): Fault {
  return new Fault('unavailable', 'The workspace stopped answering. Call again in a moment.', {
    data: { reason: 'link' },
  })
}

function reasonOf(signal: AbortSignal): Fault {
  return signal.reason instanceof Fault
    ? signal.reason
    : new Fault('cancelled', 'The caller cancelled the call.')
}
