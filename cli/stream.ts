// Bytes of one stream: what arrives is written out at the pace of who reads it, what is sent waits for credit.
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { fromMessage } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'
import { FRAME_PAYLOAD_MAX, packFrame } from '#dsl/wire/frame.ts'
import type { StreamNews } from '#dsl/wire/message.ts'
import { createCredit, createWindow } from '#dsl/wire/window.ts'
import type { Link } from './link.ts'
import { clearWindow } from './terminal.ts'

export interface Outgoing {
  /** Sends all of it, waiting for credit; what is left is dropped once the other side has ended. */
  send(bytes: Uint8Array): Promise<void>
  /** End of standard input. */
  end(): void
}

export interface Incoming {
  /**
   * Settles when the other side has ended and all is written, with the exit code where it says one. Rejects with the
   * fault that ended the stream.
   */
  readonly done: Promise<number | undefined>
  readonly outgoing: Outgoing
  /** Absolute offset behind the last byte that arrived. */
  cursor(): number
}

/** Writes a stream's bytes to `target` and grants credit as `target` takes them. `start` is the first byte's offset. */
export function pipeStream(link: Link, stream: number, target: Writable, start = 0): Incoming {
  const window = createWindow(performance.now())
  const { promise: done, resolve, reject } = Promise.withResolvers<number | undefined>()
  const sender = outgoing(link, stream)
  let written: Promise<unknown> = Promise.resolve()
  let cursor = start

  function bytes(bytes: Uint8Array): void {
    const arrived = performance.now()
    window.received(bytes.length)
    cursor += bytes.length
    const taken = new Promise((resolve) => target.write(bytes, resolve))
    written = taken.then(() => {
      const now = performance.now()
      const credit = window.consumed(bytes.length, now, now - arrived)
      if (credit > 0) link.sendText(JSON.stringify({ stream, credit }))
    })
  }

  function news(news: StreamNews): void {
    if (news.credit !== undefined) sender.grant(news.credit)
    if (news.screen !== undefined) redraw(news.screen, news.cursor ?? cursor)
    if (news.error !== undefined) gone(fromMessage(news.error))
    else if (news.end) finish(() => resolve(news.exitCode))
  }

  /** The other side has skipped what we were too slow for. */
  function redraw(screen: string, at: number): void {
    cursor = at
    target.write(clearWindow(screen))
  }

  function gone(fault: Fault): void {
    finish(() => reject(fault))
  }

  function finish(settle: () => void): void {
    sender.stop()
    void written.then(settle)
  }

  // Whoever awaits it hears of it; a command that ends first does not await it at all.
  done.catch(() => undefined)
  link.receive(stream, { bytes, news, gone })
  return { done, outgoing: sender, cursor: () => cursor }
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
