// One HTTP request as a call: who asks, what for, and until when. It knows no op and answers nothing.
import type { Context } from 'hono'
import { Fault, toFault } from '#dsl/fault.ts'
import type { Op } from '#dsl/op.ts'
import { TEXT_MAX } from '#dsl/wire/message.ts'
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

/** The body. Faults: malformed, too_large. */
export async function readObject(c: Context): Promise<Record<string, unknown>> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json')
    throw new Fault('malformed', 'The body is one JSON object, with content-type: application/json.')
  const json = parse(await readBody(c))
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new Fault('malformed', 'The body is one JSON object.')
  return json as Record<string, unknown>
}

/** By its headers alone (RFC 9112 §6.3). */
export function hasBody(c: Context): boolean {
  return Number(c.req.header('content-length') ?? 0) > 0 || c.req.header('transfer-encoding') !== undefined
}

async function readBody(c: Context): Promise<string> {
  const tooLarge = new Fault('too_large', `A body holds at most ${TEXT_MAX} bytes.`)
  if (Number(c.req.header('content-length') ?? 0) > TEXT_MAX) throw tooLarge
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.byteLength
    if (size > TEXT_MAX) throw tooLarge
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Fault('malformed', 'The body is not JSON.', { cause })
  }
}

/** Aborts with a Fault when the caller hangs up. */
export function leaving(c: Context): AbortSignal {
  const gone = new AbortController()
  const leave = () => gone.abort(new Fault('cancelled', 'The caller hung up.'))
  c.req.raw.signal.addEventListener('abort', leave, { once: true })
  return gone.signal
}
