// The byte streams of one connection: who takes the bytes of which id, and a writer that never passes its credit.
import { FRAME_PAYLOAD_MAX, packFrame, WINDOW_INITIAL } from '#dsl/wire/frame.ts'
import type { StreamNews } from '#dsl/wire/message.ts'
import { Fault } from '#dsl/fault.ts'
import type { StreamControl } from './conversation.ts'
import type { Room } from './room.ts'

/** What one end of a stream does with what arrives. */
export interface Sink {
  bytes(bytes: Uint8Array): void
  control(frame: StreamControl): void
  /** The connection is gone. */
  gone(): void
}

/** One connection as streams see it. */
export interface Channel {
  /** Answers true when it is done with the frame, whose bytes may then change. */
  readonly sendBinary: (frame: Uint8Array) => boolean
  /** Bytes wait for it where they come from, so that nothing else on the connection waits behind a flood. */
  readonly room: Room
  readonly news: (news: StreamNews) => void
  readonly sinks: Map<number, Sink>
}

export interface Outflow {
  /** Sends all of it, waiting for credit as often as it takes; resolves at once after `stop`. */
  write(bytes: Uint8Array): Promise<void>
  credit(bytes: number): void
  /** Nobody reads any more: whatever waits is dropped. */
  stop(): void
}

export function outflow(channel: Channel, stream: number): Outflow {
  let credit = WINDOW_INITIAL
  let stopped = false
  let wake: (() => void) | undefined
  return {
    async write(bytes) {
      for (let at = 0; at < bytes.length && !stopped;) {
        if (credit === 0) await new Promise<void>((resolve) => (wake = resolve))
        await channel.room()
        const length = Math.min(credit, bytes.length - at, FRAME_PAYLOAD_MAX)
        if (stopped || length === 0) continue
        credit -= length
        channel.sendBinary(packFrame(stream, bytes.subarray(at, at + length)))
        at += length
      }
    },
    credit(more) {
      credit += more
      wake?.()
    },
    stop() {
      stopped = true
      wake?.()
    },
  }
}

export function overrun(): Fault {
  return new Fault('invalid', 'More bytes were sent than the stream had credit for. Wait for its credit.')
}
