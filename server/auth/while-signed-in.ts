// How long a call may go on: as long as the proof that it came in with holds. It ends nothing itself.
import { Fault } from '#dsl/fault.ts'
import type { Principal } from './principal.ts'
import type { Revocations } from './revocations.ts'

/** The longest that a timer of Node waits, in milliseconds. */
const TIMER_MAX = 2_147_483_647

export interface WhileSignedIn {
  /** Aborts with a Fault, unauthenticated, when the proof is revoked or over; a stranger has none that could be. */
  readonly signal: AbortSignal
  /** To be called when the work is done: nobody waits any longer. */
  done(): void
}

export function whileSignedIn(
  { onRevoked }: Pick<Revocations, 'onRevoked'>,
  principal: Principal | undefined,
): WhileSignedIn {
  const over = new AbortController()
  const end = () => over.abort(new Fault('unauthenticated', 'This sign-in is over.'))
  const deaf = onRevoked((credential) => void (credential === principal?.credential && end()))
  const left = principal?.expiresAt && Math.min(principal.expiresAt.getTime() - Date.now(), TIMER_MAX)
  const timer = left === undefined ? undefined : setTimeout(end, left)
  const done = () => {
    clearTimeout(timer)
    deaf()
  }
  return { signal: over.signal, done }
}
