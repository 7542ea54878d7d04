// Credit of one stream: how much a reader grants as it consumes, and what a sender may still send. It reads no clock.
import { Fault } from '#dsl/fault.ts'
import { WINDOW_INITIAL } from './frame.ts'

export const WINDOW_MIN = WINDOW_INITIAL
export const WINDOW_MAX = 4_194_304
/** Milliseconds that a byte may wait before the window is too wide for a prompt Ctrl-C. */
export const DELAY_MAX = 40
/** A half window consumed within so many milliseconds is a flood, and worth a wider window. */
export const ROUND_BUSY = 200

export interface Window {
  /** Bytes arrived. Fault `invalid` when they pass the credit. */
  received(bytes: number): void
  /** Bytes consumed at `now` ms, having waited `delay` ms. Answers the credit to grant now; 0 is none yet. */
  consumed(bytes: number, now: number, delay: number): number
  /** Bytes wide, between WINDOW_MIN and WINDOW_MAX. */
  size(): number
}

export function createWindow(now: number): Window {
  let size = WINDOW_INITIAL
  let allowed = WINDOW_INITIAL
  let unread = 0
  let roundStart = now
  let worstDelay = 0

  function resize(at: number): void {
    if (worstDelay > DELAY_MAX) size = Math.max(WINDOW_MIN, Math.floor(size / 2))
    // Twice the window is twice the wait: one that would have to shrink again is not widened.
    else if (worstDelay * 2 <= DELAY_MAX && at - roundStart <= ROUND_BUSY)
      size = Math.min(WINDOW_MAX, size * 2)
    roundStart = at
    worstDelay = 0
  }

  return {
    received(bytes) {
      if (bytes > allowed)
        throw new Fault('invalid', `The stream sent ${bytes} bytes with credit for ${allowed}.`)
      allowed -= bytes
      unread += bytes
    },
    consumed(bytes, at, delay) {
      unread = Math.max(0, unread - bytes)
      worstDelay = Math.max(worstDelay, delay)
      if (size - allowed - unread < size / 2) return 0
      resize(at)
      const credit = Math.max(0, size - allowed - unread)
      allowed += credit
      return credit
    },
    size: () => size,
  }
}

export interface Credit {
  /** Takes up to `wanted` bytes of credit and answers how many may be sent now. */
  take(wanted: number): number
  /** The reader granted more. */
  grant(bytes: number): void
}

export function createCredit(): Credit {
  let left = WINDOW_INITIAL
  return {
    take(wanted) {
      const taken = Math.min(wanted, left)
      left -= taken
      return taken
    },
    grant(bytes) {
      left += bytes
    },
  }
}
