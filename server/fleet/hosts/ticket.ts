// How servers of one database let each other in: whoever can write to it makes a ticket there, good for one request to one
// server and for seconds. A ticket is kept as its hash only.
import { Fault } from '#dsl/fault.ts'
import { hashSecret, newSecret } from '#server/auth/secret.ts'
import { putTicket, takeTicket } from '#server/store/hosts.ts'
import type { Store } from '#server/store/store.ts'

const VALID_MS = 30_000

/** For one request to the server `host`. */
export async function issueTicket(store: Store, host: string): Promise<string> {
  const ticket = newSecret(32)
  await putTicket(store, hashSecret(ticket), host, new Date(Date.now() + VALID_MS))
  return ticket
}

/** Faults: unauthenticated (no ticket, one for another server, used or over). */
export async function redeemTicket(store: Store, host: string, authorization = ''): Promise<void> {
  const [scheme, ticket = ''] = authorization.split(' ')
  const known = scheme === 'Bearer' && ticket !== '' && (await takeTicket(store, hashSecret(ticket), host))
  if (!known) throw new Fault('unauthenticated', 'Only servers of the same database enter here.')
}
