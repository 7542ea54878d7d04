// Who is calling, from a request's headers. It never reads a body or a URL, and never guesses: no proof, no principal.
import { ensureOwner } from '#server/store/users.ts'
import type { Store } from '#server/store/store.ts'
import type { Principal } from './principal.ts'
import { sameSecret } from './secret.ts'
import { checkSession, refused } from './sessions.ts'

export interface AuthHeaders {
  readonly authorization?: string | undefined
  readonly cookie?: string | undefined
  readonly protocol?: 'http' | 'https' | undefined
}

export type Authenticate = (headers: AuthHeaders) => Promise<Principal | undefined>

/** `__Host-` binds a cookie to this very host, and browsers take it over https only (RFC 6265bis §4.1.3.2). */
export const cookieName = (protocol: AuthHeaders['protocol']) =>
  protocol === 'https' ? '__Host-chispart' : 'chispart'

/** Undefined without any proof. Faults: unauthenticated, `data.reason` `wrong` or `expired`, for a bad one. */
export function createAuthenticate(store: Store, ownerToken?: string): Authenticate {
  if (ownerToken !== undefined && ownerToken.length < 32) {
    throw new Error('CHISPART_OWNER_TOKEN has fewer than 32 characters. Use a longer one.')
  }
  return async ({ authorization, cookie, protocol }) => {
    if (authorization !== undefined) return byBearer(store, ownerToken, authorization)
    const token = readCookie(cookie ?? '', cookieName(protocol))
    return token === undefined ? undefined : checkSession(store, token)
  }
}

async function byBearer(store: Store, ownerToken: string | undefined, header: string): Promise<Principal> {
  const token = /^Bearer ([\w.~+/=-]+)$/i.exec(header)?.[1]
  if (!token || !ownerToken || !sameSecret(token, ownerToken)) {
    throw refused('wrong', 'This token is not known. Use another, or sign in.')
  }
  const { id, name, role, plan } = await ensureOwner(store)
  return { user: id, userName: name, role, plan, via: 'owner-token', credential: 'owner-token' }
}

function readCookie(header: string, name: string): string | undefined {
  const pairs = header.split(';').map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
}
