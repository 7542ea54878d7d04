// Requests outside the socket: signing in, and the ops that a stranger may call. It never keeps a token: the cookie is the
// session.
import type { OpInput, OpName, OpOutput } from '#dsl/catalog.ts'
import { Fault, fromMessage } from '#dsl/fault.ts'
import { isWireFault } from './frame.ts'

const TIMEOUT_MS = 10_000

export interface RestOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  /** Sent as JSON. */
  readonly body?: unknown
  readonly signal?: AbortSignal
  /** Milliseconds until nobody is taken to answer; 10 000 when left out. */
  readonly timeoutMs?: number
}

/** The answer's JSON. Faults: the server's own; `unavailable` when nobody answers in time. */
export async function rest(path: string, options: RestOptions = {}): Promise<Record<string, unknown>> {
  const { method = 'POST', body, timeoutMs = TIMEOUT_MS } = options
  const signals = [AbortSignal.timeout(timeoutMs), ...(options.signal ? [options.signal] : [])]
  const response = await fetch(path, {
    method,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.any(signals),
  }).catch((cause: unknown) => {
    if (options.signal?.aborted) throw new Fault('cancelled', 'You cancelled this.', { cause })
    throw new Fault('unavailable', 'The server does not answer. Check that it runs, then try again.', {
      data: { reason: 'offline' },
      cause,
    })
  })
  const json = await jsonOf(response)
  if (response.ok) return json
  throw faultOf(response.status, json)
}

/** Calls an op by REST. Faults: as `rest`, and the op's own. */
export async function restCall<N extends OpName>(
  op: N,
  input: OpInput<N>,
  options: Pick<RestOptions, 'signal'> = {},
): Promise<OpOutput<N>> {
  return (await rest(`/api/ops/${op}`, { ...options, body: input })) as OpOutput<N>
}

async function jsonOf(response: Response): Promise<Record<string, unknown>> {
  const json: unknown = await response.json().catch(() => undefined)
  return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {}
}

/** The fault in the body, bare or under `error`; a proxy on the way may have answered without one. */
function faultOf(status: number, json: Record<string, unknown>): Fault {
  const message = isWireFault(json['error']) ? json['error'] : json
  if (isWireFault(message)) return fromMessage(message)
  if (status === 401)
    return new Fault('unauthenticated', 'This browser is signed out. Open a new one-time link.')
  return new Fault('unavailable', `The server answered with status ${status} and no reason. Try again.`)
}
