// The one-time link printed at each start, which signs the owner in. The store never holds its code, only the hash.
import { replaceOwnerLink, takeOwnerLink } from '#server/store/owner-links.ts'
import type { Store } from '#server/store/store.ts'
import { ensureOwner } from '#server/store/users.ts'
import { hashSecret, newSecret } from './secret.ts'
import { refused, startSession } from './sessions.ts'

const LINK_MS = 15 * 60_000

/** The code of the only valid link, for 15 minutes. */
export async function newOwnerLink(store: Store): Promise<string> {
  const code = newSecret(20)
  await replaceOwnerLink(store, hashSecret(code), new Date(Date.now() + LINK_MS))
  return code
}

/** Makes the owner on first use, and a session. Faults: unauthenticated (wrong, used or expired code). */
export async function redeemOwnerLink(
  store: Store,
  code: string,
): Promise<{ token: string; expiresAt: Date }> {
  if (!(await takeOwnerLink(store, hashSecret(code)))) {
    throw refused('wrong', 'This link was used, or is over. Restart the server for a new one.')
  }
  const { id } = await ensureOwner(store)
  return startSession(store, id)
}
