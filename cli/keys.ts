// Who may talk to the laptop runtime that `ws start` starts: the holder of one secret, or whoever has a JWT signed with
// JWT_SECRET. It makes and checks tokens; it never prints one.
import { randomBytes, randomUUID } from 'node:crypto'
import { SignJWT, errors, jwtVerify } from 'jose'
import { Fault } from '#dsl/fault.ts'

/** Issuer and audience of every Chispart JWT. */
const SELF = 'chispart'
const TYPE = 'chispart+jwt'
/** Whom a token names that no server gave: a runtime on a laptop knows no users. */
const LOCAL_USER = 'local'
/** Seconds. */
export const TTL_DEFAULT = 86_400
export const TTL_MAX = 30 * 86_400

/** What the runtime reads on descriptor 3. */
export type RuntimeKeys = { readonly token: string } | { readonly jwtSecret: string }

export interface Keys {
  readonly keys: RuntimeKeys
  /** The token by which this CLI's own commands come in. */
  readonly own: string
}

/**
 * With JWT_SECRET, a JWT that it signed, and then every other one; else exactly `token`, whatever it is; else a new random
 * secret. Faults: invalid (no header could carry the token); unauthenticated (the JWT is over, or is signed with another secret or for another audience).
 */
export async function keysFor(token: string | undefined, jwtSecret: string | undefined): Promise<Keys> {
  refuseUnsendable(token)
  if (token !== undefined && (jwtSecret === undefined || !looksSigned(token))) {
    refuseOver(token)
    return { keys: { token }, own: token }
  }
  if (jwtSecret === undefined) {
    const secret = randomBytes(32).toString('base64url')
    return { keys: { token: secret }, own: secret }
  }
  if (token !== undefined) await check(token, jwtSecret)
  return { keys: { jwtSecret }, own: token ?? (await signToken(jwtSecret, TTL_MAX)).token }
}

export interface SignedToken {
  readonly token: string
  readonly expiresAt: string
}

/** A JWT (RFC 7519) for `ttl` seconds, for laptop runtimes that know the same secret. */
export async function signToken(jwtSecret: string, ttl: number): Promise<SignedToken> {
  const expiresAt = new Date((Math.floor(Date.now() / 1000) + ttl) * 1000)
  const token = await new SignJWT()
    .setProtectedHeader({ alg: 'HS256', typ: TYPE })
    .setSubject(LOCAL_USER)
    .setJti(randomUUID())
    .setIssuer(SELF)
    .setAudience(SELF)
    .setIssuedAt()
    .setExpirationTime(expiresAt)
    .sign(new TextEncoder().encode(jwtSecret))
  return { token, expiresAt: expiresAt.toISOString() }
}

/** A pasted line break is the usual cause. The token itself is not repeated. Faults: invalid. RFC 6750 §2.1. */
export function refuseUnsendable(token: string | undefined): void {
  if (token === undefined || /^[\w.~+/-]+=*$/.test(token)) return
  throw new Fault('invalid', 'The token holds a blank, a line break or another character that no token has.')
}

/** Three parts of base64url. */
function looksSigned(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)
}

async function check(token: string, jwtSecret: string): Promise<void> {
  const rules = { issuer: SELF, audience: SELF, algorithms: ['HS256'], requiredClaims: ['exp'] }
  try {
    await jwtVerify(token, new TextEncoder().encode(jwtSecret), rules)
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) throw over(cause)
    const message =
      'The token is not signed with JWT_SECRET for "chispart". Make one with: chispart token --local.'
    throw new Fault('unauthenticated', message, { cause })
  }
}

/** Nobody can check who signed it, but what it says of its own end holds. */
function refuseOver(token: string): void {
  if (looksSigned(token) && expiryOf(token) <= Date.now()) throw over()
}

function expiryOf(token: string): number {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      exp?: unknown
    }
    return typeof claims.exp === 'number' ? claims.exp * 1000 : Infinity
  } catch {
    return Infinity
  }
}

const over = (cause?: unknown) =>
  new Fault('unauthenticated', 'The token has expired. Make another with: chispart token.', { cause })
