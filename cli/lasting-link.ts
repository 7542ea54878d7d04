// A link that outlives its connection: what was lost in the middle is asked again on the next one. Only for calls that may be
// asked twice.
import { setTimeout as delay } from 'node:timers/promises'
import { toFault } from '#dsl/fault.ts'
import type { Endpoint } from './endpoint.ts'
import { connect } from './link.ts'
import type { Answer, CallOptions, Link } from './link.ts'

const WAIT_MS = 250
const WAIT_MAX_MS = 5000
/** In a row, without an answer or an event in between: some 45 s. */
const TRIES_MAX = 12

export interface LastingLink {
  /** `input` is asked for at each try. Faults: what the other side says; unavailable when nobody has answered for long. */
  call(op: string, input: () => Record<string, unknown>, event?: CallOptions['event']): Promise<Answer>
  close(): void
}

/** `lost` is told once for each connection that broke. Faults: as `connect`, for the first connection. */
export async function openLasting(endpoint: Endpoint, lost: () => void): Promise<LastingLink> {
  const closed = new AbortController()
  let link: Promise<Link> = Promise.resolve(await connect(endpoint))
  let tries = 0

  async function next(): Promise<Link> {
    for (;;) {
      await delay(Math.min(WAIT_MS * 2 ** tries++, WAIT_MAX_MS), undefined, { signal: closed.signal })
      try {
        return await connect(endpoint)
      } catch (error) {
        if (!mayTry(error)) throw error
      }
    }
  }

  function mayTry(error: unknown): boolean {
    return toFault(error).code === 'unavailable' && tries < TRIES_MAX && !closed.signal.aborted
  }

  function replace(broken: Promise<Link>): void {
    if (link !== broken) return
    lost()
    void broken.then((old) => old.close())
    link = next()
    link.catch(() => undefined)
  }

  return {
    async call(op, input, event = () => undefined) {
      for (;;) {
        const current = link
        const { call } = await current
        try {
          const answer = await call(op, input(), {
            event(value) {
              tries = 0
              event(value)
            },
          }).answer
          tries = 0
          return answer
        } catch (error) {
          if (!mayTry(error)) throw error
          replace(current)
        }
      }
    },
    close() {
      closed.abort()
      void link.then(
        (open) => open.close(),
        () => undefined,
      )
    },
  }
}
