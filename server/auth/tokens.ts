// Signed tokens for programs: JWT (RFC 7519) under the rules of RFC 8725. Nothing of a person is in one but the id.
import { randomUUID } from 'node:crypto'
import { SignJWT, errors, jwtVerify } from 'jose'
import { z } from 'zod'
import { addRevokedToken, isTokenRevoked } from '#server/store/revoked-tokens.ts'
import type { Store } from '#server/store/store.ts'
import { findUser } from '#server/store/users.ts'
import type { Principal } from './principal.ts'
import { refused } from './sessions.ts'

/** Seconds. */
export const TOKEN_TTL_DEFAULT = 86_400
export const TOKEN_TTL_MAX = 30 * 86_400

/** Issuer and audience alike: this server signs for itself only. */
const SELF = 'chispart'
const TYPE = 'chispart+jwt'
const Claims = z.object({ sub: z.string(), jti: z.string(), exp: z.number() })

export interface Tokens {
  /** A token of that user for `ttl` seconds, 1 to TOKEN_TTL_MAX. */
  issue(user: string, ttl?: number): Promise<{ token: string; expiresAt: Date }>
  /** Faults: unauthenticated, `data.reason` `wrong` or `expired`. */
  check(token: string): Promise<Principal>
  /** Ends the token of a principal that `check` made. */
  revoke(principal: Principal): Promise<void>
}

/** Three parts of base64url: what `check` can read at all. */
export const looksSigned = (token: string) => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)

export function createTokens(store: Store, key: Uint8Array): Tokens {
  return {
    async issue(user, ttl = TOKEN_TTL_DEFAULT) {
      const expiresAt = new Date((Math.floor(Date.now() / 1000) + ttl) * 1000)
      const token = await new SignJWT()
        .setProtectedHeader({ alg: 'HS256', typ: TYPE })
        .setSubject(user)
        .setJti(randomUUID())
        .setIssuer(SELF)
        .setAudience(SELF)
        .setIssuedAt()
        .setExpirationTime(expiresAt)
        .sign(key)
      return { token, expiresAt }
    },
    async check(token) {
      const { sub, jti, exp } = await verify(token, key)
      const user = await findUser(store, sub)
      if (!user || (await isTokenRevoked(store, jti))) throw wrong()
      const { id, name, role, plan } = user
      const expiresAt = new Date(exp * 1000)
      return { user: id, userName: name, role, plan, via: 'token', credential: jti, expiresAt }
    },
    async revoke({ credential, expiresAt }) {
      await addRevokedToken(store, credential, expiresAt ?? new Date(Date.now() + TOKEN_TTL_MAX * 1000))
    },
  }
}

async function verify(token: string, key: Uint8Array): Promise<z.output<typeof Claims>> {
  const rules = { algorithms: ['HS256'], typ: TYPE, issuer: SELF, audience: SELF }
  try {
    const { payload } = await jwtVerify(token, key, { ...rules, requiredClaims: ['sub', 'jti', 'exp'] })
    return Claims.parse(payload)
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw refused('expired', 'This token is over. Make another.')
    throw wrong()
  }
}

const wrong = () => refused('wrong', 'This token is not valid here. Make another, or sign in.')
