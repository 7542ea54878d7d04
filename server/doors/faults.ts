// A fault as HTTP: the one table of dsl/fault.ts, and a body that a client can act on.
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { FAULTS, toFault } from '#dsl/fault.ts'

/** `{ok:false, error:{code, message, data?}}`. */
export function faultResponse(c: Context, error: unknown): Response {
  const fault = toFault(error)
  const { http, retry } = FAULTS[fault.code]
  if (http === 401) c.header('www-authenticate', 'Bearer')
  if (retry) c.header('retry-after', '1')
  return c.json({ ok: false, error: fault.toJSON() }, http as ContentfulStatusCode)
}
