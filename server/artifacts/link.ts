// Addresses that open one artifact for a short while, by a signature over its id and the hour it ends. They open nothing else.
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { Fault } from '#dsl/fault.ts'

export const LINK_MS = 600_000

const PURPOSE = 'chispart artifact link'
const SIGNATURE = /^[\w-]{43}$/
/** Unix seconds. */
const EXPIRES = /^[1-9]\d{9}$/
const ID = /^[0-9a-f-]{36}$/

export interface Links {
  /** Path and query. */
  make(id: string, now: Date): { path: string; expiresAt: Date }
  /** Faults: forbidden (altered, or over). */
  check(id: string, query: URLSearchParams, now: Date): void
}

/** `secret`: the server's. The key is derived from it for this purpose alone, so that no token is a link or a link a token. */
export function createLinks(secret: Uint8Array): Links {
  const key = Buffer.from(hkdfSync('sha256', secret, '', PURPOSE, 32))
  const sign = (id: string, expires: string) => createHmac('sha256', key).update(`${id}\n${expires}`).digest()

  return {
    make(id, now) {
      const expires = String(Math.floor((now.getTime() + LINK_MS) / 1000))
      const query = new URLSearchParams({ expires, signature: sign(id, expires).toString('base64url') })
      return { path: `/artifacts/${id}?${query.toString()}`, expiresAt: new Date(Number(expires) * 1000) }
    },
    check(id, query, now) {
      const [expires = '', ...moreExpires] = query.getAll('expires')
      const [signature = '', ...moreSignatures] = query.getAll('signature')
      const once = moreExpires.length + moreSignatures.length === 0
      if (!once || !ID.test(id) || !EXPIRES.test(expires) || !SIGNATURE.test(signature)) throw altered()
      if (!timingSafeEqual(Buffer.from(signature, 'base64url'), sign(id, expires))) throw altered()
      if (now.getTime() >= Number(expires) * 1000) throw over()
    },
  }
}

const altered = () =>
  new Fault('forbidden', 'This is not the link that was made. Copy the whole of it, or make a new one.')

const over = () =>
  new Fault('forbidden', 'This link was good for ten minutes, which are over. Make a new one.')
