// One HTTP request as a call: who asks, what for, and until when. It knows no op and answers nothing.
import type { Context } from 'hono'
import { Fault, toFault } from '#dsl/fault.ts'
import type { Op } from '#dsl/op.ts'
import type { Auth } from '#server/auth/auth.ts'
import type { Principal } from '#server/auth/principal.ts'
import type { Dispatch } from '#server/dispatch.ts'
import type { Audit } from '#server/events/audit.ts'
import { pageProtocol } from '#server/hosts.ts'

export interface RestParts {
  readonly auth: Auth
  readonly dispatch: Dispatch
  readonly audit: Audit
}

/**
 * A public op takes a stranger, and whoever shows a proof that is over. Another page's request by cookie never comes this
 * far: the guard asks for our Origin, and `readObject` for a type that a foreign form cannot send (W3C Fetch, CORS-safelisted).
 */
export async function callerOf(
  { auth, audit }: RestParts,
  c: Context,
  op: Op | undefined,
): Promise<Principal | undefined> {
  const { authorization, cookie } = c.req.header()
  try {
    return await auth.authenticate({ authorization, cookie, protocol: pageProtocol(c.req.header('origin')) })
  } catch (error) {
    const fault = toFault(error)
    audit.record({ action: 'auth.rest', outcome: fault.code, door: 'rest', reason: fault.message })
    if (op?.public && fault.code === 'unauthenticated') return undefined
    throw fault
  }
}

/** Aborts with a Fault when the caller hangs up. */
export function leaving(c: Context): AbortSignal {
  const gone = new AbortController()
  const leave = () => gone.abort(new Fault('cancelled', 'The caller hung up.'))
  c.req.raw.signal.addEventListener('abort', leave, { once: true })
  return gone.signal
}
