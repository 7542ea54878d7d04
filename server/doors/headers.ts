// What every answer says, and what every request passes before a door sees it. It knows no op and no person.
import type { MiddlewareHandler } from 'hono'
import { judgeRequest } from '#server/auth/guard.ts'
import type { KnownHost, Refusal } from '#server/auth/guard.ts'

/** xterm.js makes style elements without a nonce, hence `unsafe-inline` for style, and for style only. */
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "base-uri 'none'",
  "object-src 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS = {
  'content-security-policy': CSP,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
}

/** What a route says itself stays: that of downloads is stricter. */
export const guardHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  for (const [name, value] of Object.entries(HEADERS)) {
    if (!c.res.headers.has(name)) c.header(name, value)
  }
}

/** Refuses foreign names and pages; for a WebSocket too, before its handshake is answered. */
export function guardOrigin(knownHost: KnownHost, onRefusal: (refusal: Refusal) => void): MiddlewareHandler {
  return async (c, next) => {
    const upgrade = c.req.header('upgrade') !== undefined
    const header = (name: string) => c.req.header(name)
    const refusal = judgeRequest(knownHost, { method: c.req.method, header, upgrade })
    if (!refusal) return next()
    onRefusal(refusal)
    return c.json({ ok: false, error: refusal.fault }, refusal.status)
  }
}
