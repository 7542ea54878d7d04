// Browser sessions after the Lucia guide: a random token, its SHA-256 at rest, 30 sliding days. Never a token in the store.
import { randomUUID } from 'node:crypto'
import { Fault } from '#dsl/fault.ts'
import { addSession, extendSession, findSession, removeSession } from '#server/store/sessions.ts'
import type { Store } from '#server/store/store.ts'
import { hashSecret, newSecret } from './secret.ts'
import type { Principal } from './principal.ts'

const DAY_MS = 86_400_000
export const SESSION_MS = 30 * DAY_MS

/** The token is told once, here. */
export async function startSession(
  store: Store,
  userId: string,
): Promise<{ token: string; expiresAt: Date }> {
  const token = newSecret(20)
  const expiresAt = new Date(Date.now() + SESSION_MS)
  await addSession(store, { id: randomUUID(), hash: hashSecret(token), userId, expiresAt })
  return { token, expiresAt }
}

/** Faults: unauthenticated, with `data.reason` `wrong` or `expired`. */
export async function checkSession(store: Store, token: string): Promise<Principal> {
  const found = await findSession(store, hashSecret(token))
  if (!found) throw refused('wrong', 'This session is not known. Sign in again.')
  const { session, user } = found
  const left = session.expiresAt.getTime() - Date.now()
  if (left <= 0) {
    await removeSession(store, session.id)
    throw refused('expired', 'This session is over. Sign in again.')
  }
  if (left < SESSION_MS / 2) await extendSession(store, session.id, new Date(Date.now() + SESSION_MS))
  const { id, name, role, plan } = user
  return { user: id, userName: name, role, plan, via: 'session', credential: session.id }
}

export function refused(reason: 'missing' | 'wrong' | 'expired', message: string): Fault {
  return new Fault('unauthenticated', message, { data: { reason } })
}
