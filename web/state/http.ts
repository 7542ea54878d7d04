// Requests that need no link: signing in, and pairing. Every refusal becomes a Fault; the cookie travels by itself.
import { z } from 'zod'
import { Fault, fromMessage } from '#dsl/fault.ts'

const Refusal = z.looseObject({
  error: z.looseObject({ code: z.string(), message: z.string(), data: z.unknown().optional() }),
})
const TIMEOUT_MS = 15_000

export interface RequestOptions {
  readonly body?: unknown
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

/** GET without a body, else POST of JSON. Faults: unavailable (no answer), what the server says, internal (no JSON). */
export async function request(path: string, options: RequestOptions = {}): Promise<unknown> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)
  const init: RequestInit = {
    signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
    ...(options.body === undefined
      ? {}
      : {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(options.body),
        }),
  }
  const response = await fetch(path, init).catch((cause: unknown) => {
    if (options.signal?.aborted) throw new Fault('cancelled', 'You stopped it.', { cause })
    throw new Fault('unavailable', 'The server does not answer. Start it again and retry.', { cause })
  })
  const body: unknown = await response.json().catch(() => undefined)
  if (response.ok) return body
  const refusal = Refusal.safeParse(body)
  if (refusal.success) throw fromMessage(refusal.data.error)
  throw new Fault(
    response.status === 401 ? 'unauthenticated' : 'internal',
    `The server refused: status ${response.status}.`,
  )
}
