// Calls over the socket: each gets an id, its events and one answer. It never sends a call twice.
import type { OpEvent, OpInput, OpName, OpOutput } from '#dsl/catalog.ts'
import { Fault, fromMessage } from '#dsl/fault.ts'
import type { Answer } from './frame.ts'

/** Milliseconds that a call made while offline waits for the connection. */
const OFFLINE_MAX = 10_000

export interface CallOptions<N extends OpName> {
  /** Aborting cancels the op in the server too. */
  readonly signal?: AbortSignal
  readonly onEvent?: (event: OpEvent<N>) => void
}

/**
 * Faults: the op's own; `unavailable` when there is no connection within 10 s or it breaks before the answer (the op may
 * have run all the same); `cancelled` by the signal.
 */
export type Call = <N extends OpName>(
  op: N,
  input: OpInput<N>,
  options?: CallOptions<N>,
) => Promise<OpOutput<N>>

export interface Calls {
  readonly call: Call
  answer(answer: Answer): void
  event(id: number, event: unknown): void
  /** The connection is there: what waited for it goes out. */
  online(): void
  /** The connection broke: what was sent is answered by a fault. */
  lost(): void
  /** There will be no connection: everything is answered by a fault. */
  refuse(fault: Fault): void
}

interface Flight {
  readonly text: string
  sent: boolean
  event(event: unknown): void
  settle(result: Fault | Record<string, unknown>): void
}

export function createCalls(send: (text: string) => boolean): Calls {
  const flights = new Map<number, Flight>()
  let lastId = 0

  function depart(flight: Flight): void {
    if (!flight.sent) flight.sent = send(flight.text)
  }

  const call: Call = (op, input, options = {}) => {
    const { signal, onEvent } = options
    const id = ++lastId
    return new Promise((resolve, reject) => {
      const patience = setTimeout(() => {
        if (!flight.sent) flight.settle(offline())
      }, OFFLINE_MAX)
      const abort = () => {
        if (flight.sent) send(JSON.stringify({ cancel: id }))
        flight.settle(new Fault('cancelled', 'You cancelled this.'))
      }
      const flight: Flight = {
        text: JSON.stringify({ ...input, id, op }),
        sent: false,
        event: (event) => onEvent?.(event as Parameters<typeof onEvent>[0]),
        settle(result) {
          clearTimeout(patience)
          signal?.removeEventListener('abort', abort)
          flights.delete(id)
          if (result instanceof Fault) reject(result)
          else resolve(result as OpOutput<typeof op>)
        },
      }
      if (signal?.aborted) return abort()
      signal?.addEventListener('abort', abort)
      flights.set(id, flight)
      depart(flight)
    })
  }

  return {
    call,
    answer({ id, ...answer }) {
      const flight = flights.get(id)
      if (!flight) return
      if (!answer.ok) return flight.settle(fromMessage(answer.error))
      flight.settle(answer)
    },
    event: (id, event) => flights.get(id)?.event(event),
    online: () => flights.forEach(depart),
    lost() {
      for (const flight of [...flights.values()]) if (flight.sent) flight.settle(broken())
    },
    refuse(fault) {
      for (const flight of [...flights.values()]) flight.settle(fault)
    },
  }
}

function offline(): Fault {
  return new Fault('unavailable', 'The server does not answer. Check that it runs, then try again.', {
    data: { reason: 'offline' },
  })
}

function broken(): Fault {
  return new Fault(
    'unavailable',
    'The connection broke before the answer. Look whether it was done, then try again.',
    { data: { reason: 'broken' } },
  )
}
