// The queue of bytes typed into one terminal. A program that does not read its input must never burn a core (microsoft/node-pty#831).
import { writeSync } from 'node:fs'

/** Tries in a row before the queue waits; a reader that is merely busy takes the bytes within them. */
const EAGER_TRIES = 30
const FIRST_WAIT_MS = 1
const LONGEST_WAIT_MS = 50

export interface InputQueue {
  /** `taken` is called with the number of bytes once the program's side has them. */
  push(bytes: Uint8Array): void
  close(): void
}

/** `fd` is the non-blocking master side of the terminal. */
export function inputQueue(fd: number, taken: (bytes: number) => void): InputQueue {
  const queue: Uint8Array[] = []
  let waitMs = FIRST_WAIT_MS
  let tries = 0
  let timer: NodeJS.Timeout | NodeJS.Immediate | undefined
  let closed = false

  function drain(): void {
    timer = undefined
    while (!closed && queue.length > 0) {
      const head = queue[0]!
      const written = writeSome(fd, head)
      if (written === undefined) return close()
      if (written === 0) return waitForRoom()
      tries = 0
      waitMs = FIRST_WAIT_MS
      if (written < head.length) queue[0] = head.subarray(written)
      else queue.shift()
      taken(written)
    }
  }

  function waitForRoom(): void {
    tries += 1
    if (tries <= EAGER_TRIES) {
      timer = setImmediate(drain)
      return
    }
    timer = setTimeout(drain, waitMs)
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
  }

  function close(): void {
    closed = true
    queue.length = 0
    clearTimeout(timer as NodeJS.Timeout)
    clearImmediate(timer as NodeJS.Immediate)
  }

  return {
    push(bytes) {
      if (closed || bytes.length === 0) return
      queue.push(bytes)
      if (timer === undefined) drain()
    },
    close,
  }
}

/** Bytes written; 0 when the terminal is full; undefined when it is gone. */
function writeSome(fd: number, bytes: Uint8Array): number | undefined {
  try {
    return writeSync(fd, bytes)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 0 : undefined
  }
}
