// Where a request may come from, before anyone asks who sent it: exact Host, same Origin, no cross-site fetch.
// It holds against DNS rebinding and cross-site request forgery; it never reads a body and never authenticates.
import type { MiddlewareHandler } from 'hono'
import { Fault } from '#dsl/fault.ts'

/** What the guard reads of a request. `upgrade`: it opens a WebSocket. */
export interface GuardedRequest {
  readonly method: string
  readonly header: (name: string) => string | undefined
  readonly upgrade?: boolean
}

export interface Refusal {
  /** 421 for a name that is not ours (RFC 9110 §15.5.20), 403 for a foreign page. */
  readonly status: 421 | 403
  readonly fault: Fault
}

/** True for a `Host` header value (`localhost:3000`, lower case) by which this server may be called. */
export type KnownHost = (host: string) => boolean

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Undefined when the request may go on. For every door: the Hono middleware below calls it, and a WebSocket upgrade
 * calls it with `upgrade: true` before the handshake is answered.
 */
export function judgeRequest(knownHost: KnownHost, request: GuardedRequest): Refusal | undefined {
  const host = request.header('host')?.toLowerCase() ?? ''
  if (!knownHost(host)) {
    return refuse(421, 'This server does not answer to that name. Use the address that it printed.')
  }
  const origin = request.header('origin')
  if (origin !== undefined && !sameHost(origin, host)) {
    return refuse(403, 'A page of another origin may not call this server. Open its own address.')
  }
  if (isForeignFetch(request)) return refuse(403, 'Another site may link to this server, not load from it.')
  const changes = request.upgrade === true || !SAFE.has(request.method.toUpperCase())
  if (changes && origin === undefined && carriesCookie(request)) {
    return refuse(403, 'A call with a cookie says its Origin. Programs send an Authorization header instead.')
  }
  return undefined
}

/** Answers a refusal as `{ok: false, error}`. `onRefusal` is for the audit trail. */
export function guard(knownHost: KnownHost, onRefusal?: (refusal: Refusal) => void): MiddlewareHandler {
  return async (context, next) => {
    const header = (name: string) => context.req.header(name)
    const refusal = judgeRequest(knownHost, { method: context.req.method, header })
    if (refusal === undefined) return next()
    onRefusal?.(refusal)
    return context.json({ ok: false, error: refusal.fault }, refusal.status)
  }
}

/** The scheme may differ: TLS may end at a proxy before us, and the browser then says https. */
function sameHost(origin: string, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}`
}

/** Fetch Metadata (W3C): `same-site` is foreign too, since every port of localhost is one site. */
function isForeignFetch({ header }: GuardedRequest): boolean {
  const site = header('sec-fetch-site')
  if (site === undefined || site === 'same-origin' || site === 'none') return false
  return !(header('sec-fetch-mode') === 'navigate' && header('sec-fetch-dest') === 'document')
}

/** With an Authorization header the cookie is not looked at, and no foreign page can send that header. */
const carriesCookie = ({ header }: GuardedRequest) =>
  header('cookie') !== undefined && header('authorization') === undefined

const refuse = (status: Refusal['status'], message: string): Refusal => ({
  status,
  fault: new Fault('forbidden', message),
})
