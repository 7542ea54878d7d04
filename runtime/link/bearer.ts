// Who may talk to a runtime on a laptop: the holder of its token. It never says which part of a wrong token was wrong.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { decodeJwt, jwtVerify } from 'jose'

/** Issuer and audience of every Chispart JWT. */
const CLAIMS = { issuer: 'chispart', audience: 'chispart', algorithms: ['HS256'] }

export interface Keys {
  /** The one token that is accepted, when there is no `jwtSecret`; any text, or a JWT until it expires. */
  readonly token: string | undefined
  /** Tokens are then JWTs signed with it. */
  readonly jwtSecret: string | undefined
}

/** The token of `Authorization: Bearer`, or of the subprotocol `bearer.<token>` for a client that cannot set headers. */
export function bearerOf(headers: IncomingHttpHeaders): string | undefined {
  const spoken = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  if (spoken !== undefined) return spoken
  const protocols = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
  return protocols.find((name) => name.startsWith('bearer.'))?.slice('bearer.'.length)
}

export async function isHolder({ token, jwtSecret }: Keys, bearer: string | undefined): Promise<boolean> {
  if (bearer === undefined) return false
  if (jwtSecret === undefined) return token !== undefined && same(bearer, token) && !isOver(token)
  return jwtVerify(bearer, new TextEncoder().encode(jwtSecret), CLAIMS).then(
    ({ payload }) => payload.exp !== undefined,
    () => false,
  )
}

/** A JWT that is used as a plain secret, for want of the key that signed it, still ends when it says so. */
function isOver(token: string): boolean {
  try {
    const { exp } = decodeJwt(token)
    return exp !== undefined && exp * 1000 <= Date.now()
  } catch {
    return false
  }
}

/** Digests have one length, so that the comparison tells nothing of the token's. */
function same(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(left), digest(right))
}
