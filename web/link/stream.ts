// Byte streams over the socket: output is credited as it is consumed, input never passes its credit. It never looks at bytes.
import { Fault, toFault } from '#dsl/fault.ts'
import { framePayload, frameStream, packFrame } from '#dsl/wire/frame.ts'
import type { StreamNews } from '#dsl/wire/message.ts'
import { createCredit, createWindow } from '#dsl/wire/window.ts'
import type { Frame } from './frame.ts'

/** Input goes out in pieces of this size, so that a key pressed during a paste waits for little. */
const PIECE = 16_384
/** Bytes of input that may wait for a program to read them. */
export const INPUT_MAX = 16_777_216

export interface StreamEvents {
  /** Bytes arrived. Call `consumed` once they are drawn: that is what lets more of them come. */
  bytes(bytes: Uint8Array, consumed: () => void): void
  /** Everything that is not credit: size, screen, end, error. */
  news(news: StreamNews): void
  /** The connection is gone and the stream with it. */
  lost(): void
}

export interface Stream {
  /** Sends in order, as credit allows. Answers false, and sends nothing of it, when too much waits already. */
  send(bytes: Uint8Array): boolean
  /** Drops input that has not left yet. */
  discard(): void
  /** Bytes of input that wait for credit. */
  waiting(): number
  end(): void
  close(): void
}

export interface Streams {
  /** Takes up a stream that an op's answer or event named. Frames that were faster than its caller are not lost. */
  open(id: number, events: StreamEvents): Stream
  binary(frame: Uint8Array): void
  news(news: StreamNews): void
  lost(): void
}

interface Sink {
  bytes(bytes: Uint8Array): void
  news(news: StreamNews): void
  lost(): void
}

export function createStreams(send: (frame: Frame) => boolean): Streams {
  const sinks = new Map<number, Sink>()
  const closed = new Set<number>()
  const early = new Map<number, ((sink: Sink) => void)[]>()

  function deliver(id: number, give: (sink: Sink) => void): void {
    const sink = sinks.get(id)
    if (sink) return give(sink)
    if (closed.has(id)) return
    early.set(id, [...(early.get(id) ?? []), give])
  }

  function open(id: number, events: StreamEvents): Stream {
    const over = () => {
      sinks.delete(id)
      closed.add(id)
    }
    const control = (news: Record<string, unknown>) => void send(JSON.stringify({ stream: id, ...news }))
    const input = inputOf((bytes) => send(packFrame(id, bytes)))
    const output = outputOf(events, (credit) => sinks.has(id) && control({ credit }))
    sinks.set(id, {
      bytes(bytes) {
        try {
          output(bytes)
        } catch (error) {
          control({ close: true })
          over()
          events.news({ stream: id, error: toFault(error).toJSON() })
        }
      },
      news(news) {
        if (news.credit) input.grant(news.credit)
        if (news.end || news.error) over()
        events.news(news)
      },
      lost: () => events.lost(),
    })
    const waiting = early.get(id) ?? []
    early.delete(id)
    // Not before the caller holds the stream.
    queueMicrotask(() => waiting.forEach((give) => deliver(id, give)))
    return {
      send: input.send,
      discard: input.discard,
      waiting: input.waiting,
      end: () => control({ end: true }),
      close() {
        if (sinks.has(id)) control({ close: true })
        over()
      },
    }
  }

  return {
    open,
    binary: (frame) => deliver(frameStream(frame), (sink) => sink.bytes(framePayload(frame))),
    news: (news) => deliver(news.stream, (sink) => sink.news(news)),
    lost() {
      const gone = [...sinks.values()]
      sinks.clear()
      early.clear()
      closed.clear()
      for (const sink of gone) sink.lost()
    },
  }
}

/** Takes bytes, hands them on, and grants credit as they are consumed. Faults: invalid when they pass the credit. */
function outputOf(events: StreamEvents, grant: (credit: number) => void): (bytes: Uint8Array) => void {
  const window = createWindow(performance.now())
  return (bytes) => {
    const arrived = performance.now()
    window.received(bytes.length)
    events.bytes(bytes, () => {
      const now = performance.now()
      const credit = window.consumed(bytes.length, now, now - arrived)
      if (credit > 0) grant(credit)
    })
  }
}

function inputOf(send: (bytes: Uint8Array) => boolean) {
  const credit = createCredit()
  let queue: Uint8Array[] = []
  let waiting = 0

  function pump(): void {
    for (let head = queue[0]; head; head = queue[0]) {
      const length = credit.take(Math.min(head.length, PIECE))
      if (length === 0 || !send(head.subarray(0, length))) return
      waiting -= length
      if (length === head.length) queue.shift()
      else queue[0] = head.subarray(length)
    }
  }

  return {
    send(bytes: Uint8Array): boolean {
      if (waiting + bytes.length > INPUT_MAX) return false
      if (bytes.length === 0) return true
      queue.push(bytes)
      waiting += bytes.length
      pump()
      return true
    },
    discard() {
      queue = []
      waiting = 0
    },
    waiting: () => waiting,
    grant(bytes: number) {
      credit.grant(bytes)
      pump()
    },
  }
}

/** What a person is told when a paste is refused. */
export function inputTooLarge(): Fault {
  return new Fault(
    'too_large',
    'The program does not read what it is given, and too much waits for it already.',
  )
}
