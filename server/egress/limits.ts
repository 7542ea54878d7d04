// How much one sandbox may ask of the proxy, and for how long. A limit ends a connection, never the proxy.

export interface EgressLimits {
  /** Connections of one sandbox at a time. */
  readonly connections: number
  /** Bytes of one connection, both directions together. */
  readonly bytes: number
  /** Without a byte in either direction. */
  readonly idleMs: number
  /** From the connection to the end of its request's head. */
  readonly headMs: number
  /** From the 200 to the end of the ClientHello. */
  readonly helloMs: number
  readonly helloBytes: number
  /** Requests of one sandbox at once, and milliseconds until one more: every one of them is a row of the audit. */
  readonly burst: number
  readonly everyMs: number
}

export const LIMITS: EgressLimits = {
  connections: 128,
  bytes: 16 * 2 ** 30,
  idleMs: 300_000,
  headMs: 10_000,
  helloMs: 5000,
  helloBytes: 70_000,
  burst: 200,
  everyMs: 20,
}

export interface Seat {
  /** False when the sandbox has as many connections as it may. */
  readonly free: boolean
  /** Resolves when this request's turn has come: who asks faster than `everyMs` waits. */
  turn(): Promise<void>
  leave(): void
}

export interface Seats {
  take(workspace: string): Seat
}

interface Guest {
  open: number
  /** When the next request would be on time, in milliseconds that never go back (GCRA, ITU-T I.371). */
  due: number
}

export function createSeats(
  { connections, burst, everyMs }: EgressLimits,
  now: () => number = () => performance.now(),
): Seats {
  const guests = new Map<string, Guest>()

  function forgetPast(): void {
    for (const [id, { open, due }] of guests) if (open === 0 && due <= now()) guests.delete(id)
  }

  return {
    take(workspace) {
      if (!guests.has(workspace)) forgetPast()
      const guest = guests.get(workspace) ?? { open: 0, due: 0 }
      guests.set(workspace, guest)
      guest.open += 1
      return {
        free: guest.open <= connections,
        turn() {
          const early = Math.max(0, guest.due - now() - burst * everyMs)
          guest.due = Math.max(guest.due, now()) + everyMs
          return early === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, early))
        },
        leave: () => void (guest.open -= 1),
      }
    },
  }
}
