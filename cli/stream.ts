// Bytes of one stream: what arrives is written out at the pace of who reads it, what is sent waits for credit.
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { fromMessage } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'
import { FRAME_PAYLOAD_MAX, packFrame } from '#dsl/wire/frame.ts'
import type { StreamNews } from '#dsl/wire/message.ts'
import { createCredit, createWindow } from '#dsl/wire/window.ts'
import type { Link } from './link.ts'

export interface Outgoing {
  /** Sends all of it, waiting for credit; what is left is dropped once the other side has ended. */
  send(bytes: Uint8Array): Promise<void>
  /** End of standard input. */
  end(): void
}

export interface Incoming {
  /** Settles when the other side has ended and all is written. Rejects with the fault that ended the stream. */
  readonly done: Promise<void>
  readonly outgoing: Outgoing
}

/** Writes a stream's bytes to `target` and grants credit as `target` takes them. */
export function pipeStream(link: Link, stream: number, target: Writable): Incoming {
  const window = createWindow(performance.now())
  const { promise: done, resolve, reject } = Promise.withResolvers<void>()
  const sender = outgoing(link, stream)
  let written: Promise<unknown> = Promise.resolve()

  function bytes(bytes: Uint8Array): void {
    const arrived = performance.now()
    window.received(bytes.length)
    const taken = new Promise((resolve) => target.write(bytes, resolve))
    written = taken.then(() => {
      const now = performance.now()
      const credit = window.consumed(bytes.length, now, now - arrived)
      if (credit > 0) link.sendText(JSON.stringify({ stream, credit }))
    })
  }

  function news(news: StreamNews): void {
    if (news.credit !== undefined) sender.grant(news.credit)
    if (news.error !== undefined) finish(() => reject(fromMessage(news.error as Fault)))
    else if (news.end) finish(resolve)
  }

  function finish(settle: () => void): void {
    sender.stop()
    void written.then(settle)
  }

  link.receive(stream, { bytes, news })
  return { done, outgoing: sender }
}

interface Sender extends Outgoing {
  grant(bytes: number): void
  stop(): void
}

function outgoing(link: Link, stream: number): Sender {
  const credit = createCredit()
  const granted = new EventTarget()
  let open = true
  const wake = () => granted.dispatchEvent(new Event('credit'))
  return {
    async send(bytes) {
      for (let at = 0; at < bytes.length && open;) {
        const length = credit.take(Math.min(bytes.length - at, FRAME_PAYLOAD_MAX))
        if (length === 0) await once(granted, 'credit')
        else link.sendBinary(packFrame(stream, bytes.subarray(at, at + length)))
        at += length
      }
    },
    end() {
      if (open) link.sendText(JSON.stringify({ stream, end: true }))
    },
    grant(bytes) {
      credit.grant(bytes)
      wake()
    },
    stop() {
      open = false
      wake()
    },
  }
}
