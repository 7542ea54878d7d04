// All of identity in one hand, for the one who starts the server. It holds keys, so it is never handed to an op.
import type { Store } from '#server/store/store.ts'
import { createAuthenticate } from './authenticate.ts'
import type { Authenticate } from './authenticate.ts'
import { createRevocations } from './revocations.ts'
import type { Revocations } from './revocations.ts'
import { createTokens } from './tokens.ts'
import type { Tokens } from './tokens.ts'

export interface AuthOptions {
  readonly store: Store
  /** From `loadTokenKey`. */
  readonly key: Uint8Array
  /** CHISPART_OWNER_TOKEN; only its hash is kept, and only in memory. */
  readonly ownerToken?: string | undefined
}

export interface Auth extends Revocations {
  readonly store: Store
  readonly key: Uint8Array
  readonly tokens: Tokens
  readonly authenticate: Authenticate
}

export function createAuth({ store, key, ownerToken }: AuthOptions): Auth {
  const tokens = createTokens(store, key)
  const authenticate = createAuthenticate(store, ownerToken, tokens)
  return { store, key, tokens, authenticate, ...createRevocations() }
}
