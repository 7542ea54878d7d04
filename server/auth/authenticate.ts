// Who is calling, from a request's headers. It never reads a body or a URL, and never guesses: no proof, no principal.
import { ensureOwner } from '#server/store/users.ts'
import type { Store } from '#server/store/store.ts'
import { readCookie } from './cookie.ts'
import type { Protocol } from './cookie.ts'
import { checkDevice, isDeviceToken } from './devices.ts'
import type { Principal } from './principal.ts'
import { hashSecret, sameSecret } from './secret.ts'
import { checkSession, refused } from './sessions.ts'
import { looksSigned } from './tokens.ts'
import type { Tokens } from './tokens.ts'

export interface AuthHeaders {
  readonly authorization?: string | undefined
  readonly cookie?: string | undefined
  readonly protocol?: Protocol | undefined
}

/**
 * Undefined without any proof. Faults: unauthenticated, `data.reason` `wrong` or `expired`, for a bad one; a door that
 * serves strangers (a public op) may go on without a principal then.
 */
export type Authenticate = (headers: AuthHeaders) => Promise<Principal | undefined>

/** Without `tokens`, no signed token is taken; without `ownerToken`, there is none. */
export function createAuthenticate(store: Store, ownerToken?: string, tokens?: Tokens): Authenticate {
  if (ownerToken !== undefined && ownerToken.length < 32) {
    throw new Error('CHISPART_OWNER_TOKEN has fewer than 32 characters. Use a longer one.')
  }
  const ownerHash = ownerToken === undefined ? undefined : hashSecret(ownerToken)

  async function byBearer(header: string): Promise<Principal> {
    const token = /^Bearer ([\w.~+/=-]+)$/i.exec(header)?.[1]
    if (token === undefined) throw wrongToken()
    if (ownerHash !== undefined && sameSecret(hashSecret(token), ownerHash)) return owner(store)
    if (isDeviceToken(token)) return checkDevice(store, token)
    if (tokens !== undefined && looksSigned(token)) return tokens.check(token)
    throw wrongToken()
  }

  return async ({ authorization, cookie, protocol }) => {
    if (authorization !== undefined) return byBearer(authorization)
    const proof = readCookie(cookie, protocol)
    if (proof === undefined) return undefined
    return isDeviceToken(proof) ? checkDevice(store, proof) : checkSession(store, proof)
  }
}

async function owner(store: Store): Promise<Principal> {
  const { id, name, role, plan } = await ensureOwner(store)
  return { user: id, userName: name, role, plan, via: 'owner-token', credential: 'owner-token' }
}

const wrongToken = () => refused('wrong', 'This token is not known. Use another, or sign in.')
