// Keys typed while there is no connection: kept for a short break, forgotten after a long one, so that nothing runs that
// its typist no longer thinks of.

export const HELD_BYTES = 4096
export const HELD_MS = 10_000

export interface Held {
  keep(input: Uint8Array): void
  /** What is still fresh, in order; nothing is kept after it. */
  take(): Uint8Array[]
}

export function createHeld(now: () => number = () => performance.now()): Held {
  let held: { input: Uint8Array; at: number }[] = []
  return {
    keep(input) {
      const bytes = held.reduce((sum, { input }) => sum + input.length, input.length)
      if (bytes <= HELD_BYTES) held.push({ input, at: now() })
    },
    take() {
      const fresh = held.filter(({ at }) => now() - at <= HELD_MS)
      const whole = fresh.length === held.length
      held = []
      // Half a line would be another command than the one that was typed.
      return whole ? fresh.map(({ input }) => input) : []
    },
  }
}
