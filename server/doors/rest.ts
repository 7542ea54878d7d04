// The REST door: POST /api/ops/{name}. Events are collected in `stream`, or come line by line as NDJSON.
import { Hono } from 'hono'
import type { Context } from 'hono'
import { stream } from 'hono/streaming'
import { findOp } from '#dsl/catalog.ts'
import { Fault, toFault } from '#dsl/fault.ts'
import type { Op } from '#dsl/op.ts'
import { TEXT_MAX } from '#dsl/wire/message.ts'
import type { Auth } from '#server/auth/auth.ts'
import type { Principal } from '#server/auth/principal.ts'
import type { Dispatch } from '#server/dispatch.ts'
import type { Audit } from '#server/events/audit.ts'
import { pageProtocol } from '#server/hosts.ts'
import { peerOf } from '#server/peer.ts'

/** Bytes of events that one answer collects; what follows is left out and `truncated` is true. */
export const EVENTS_MAX = 1_048_576
/** What asks for events as they come. */
export const NDJSON = 'application/x-ndjson'

export interface RestParts {
  readonly auth: Auth
  readonly dispatch: Dispatch
  readonly audit: Audit
}

export function restDoor(parts: RestParts): Hono {
  const app = new Hono()
  app.post('/api/ops/:name', (c) => answer(parts, c))
  app.all('/api/ops/:name', (c) =>
    c.json({ ok: false, error: { code: 'invalid', message: 'Use POST.' } }, 405),
  )
  return app
}

async function answer(parts: RestParts, c: Context): Promise<Response> {
  const name = c.req.param('name') ?? ''
  const op = findOp(name)
  const principal = await callerOf(parts, c, op)
  const input = await readInput(c)
  const call = { principal, peer: peerOf(c), door: 'rest', op: name, input, signal: leaving(c) } as const
  if (c.req.header('accept')?.includes(NDJSON)) return byLine(c, (emit) => parts.dispatch({ ...call, emit }))
  const collected = collector()
  const output = await parts.dispatch({ ...call, emit: collected.emit })
  return c.json({ ok: true, ...collected.result(op?.events !== undefined), ...output })
}

/**
 * A public op takes a stranger, and whoever shows a proof that is over. Another page's request by cookie never comes this
 * far: the guard asks for our Origin, and `readInput` for a type that a foreign form cannot send (W3C Fetch, CORS-safelisted).
 */
async function callerOf(
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

async function readInput(c: Context): Promise<Record<string, unknown>> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json')
    throw new Fault('malformed', 'The body is one JSON object, with content-type: application/json.')
  const json = parse(await readBody(c))
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new Fault('malformed', 'The body is one JSON object.')
  return json as Record<string, unknown>
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
function leaving(c: Context): AbortSignal {
  const gone = new AbortController()
  const leave = () => gone.abort(new Fault('cancelled', 'The caller hung up.'))
  c.req.raw.signal.addEventListener('abort', leave, { once: true })
  return gone.signal
}

function collector() {
  const events: unknown[] = []
  let bytes = 0
  return {
    emit(event: unknown): Promise<void> {
      bytes += Buffer.byteLength(JSON.stringify(event))
      if (bytes <= EVENTS_MAX) events.push(event)
      return Promise.resolve()
    },
    result: (streams: boolean) => ({
      ...(streams ? { stream: events } : {}),
      ...(bytes > EVENTS_MAX ? { truncated: true } : {}),
    }),
  }
}

/** `{event}` per line, then the answer: status 200 is already sent, so a fault is the last line. */
function byLine(c: Context, act: (emit: (event: unknown) => Promise<void>) => Promise<object>): Response {
  c.header('content-type', NDJSON)
  c.header('cache-control', 'no-store')
  return stream(c, async (body) => {
    const line = async (value: object) => void (await body.write(`${JSON.stringify(value)}\n`))
    try {
      await line({ ok: true, ...(await act((event) => line({ event }))) })
    } catch (error) {
      await line({ ok: false, error: toFault(error).toJSON() })
    }
  })
}
