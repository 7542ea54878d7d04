// The few HTTP calls that make, show and end a sign-in: `/auth/…`. A proof is told once, in a cookie or in an answer's
// body; it never goes into a URL or a log.
import { Hono } from 'hono'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import { FAULTS, Fault, toFault } from '#dsl/fault.ts'
import { parseInput } from '#dsl/perform.ts'
import { addAudit } from '#server/store/audit.ts'
import { moveDevice } from '#server/store/devices.ts'
import { removeSession } from '#server/store/sessions.ts'
import type { Auth } from './auth.ts'
import { clearCookies, setCookie } from './cookie.ts'
import type { Protocol } from './cookie.ts'
import { checkDevice } from './devices.ts'
import { redeemOwnerLink } from './owner-link.ts'
import type { Principal } from './principal.ts'
import { SESSION_MS, refused } from './sessions.ts'
import { TOKEN_TTL_MAX } from './tokens.ts'

const BODY_MAX = 4096
/** Browsers forget a cookie after 400 days at the latest (RFC 6265bis §5.5); a device stays until it is revoked. */
const DEVICE_MS = 400 * 86_400_000

const LinkInput = z.strictObject({ code: z.string().min(1).max(128) })
const DeviceInput = z.strictObject({ token: z.string().min(1).max(256) })
const TokenInput = z.strictObject({
  ttl: z.int().min(1).max(TOKEN_TTL_MAX).optional().describe('Seconds'),
})

/**
 * To be mounted at `/auth`, behind the guard. Every refusal is `{ok: false, error: {code, message, data?}}`.
 * - `POST link {code}` → `{user}` and a session cookie, for the code of the one-time link
 * - `POST device {token}` → `{user}` and a cookie, for a browser that `pair.confirm` gave a token
 * - `GET session` → `{user: {name, role, plan}}`, or 401
 * - `POST logout` → `{}`: the session, device or signed token that calls has ended, and so have its sockets
 * - `POST token {ttl?}` → `{token, expiresAt}`: a signed token for programs; `ttl` in seconds
 */
export function authRoutes(auth: Auth): Hono {
  const app = new Hono()
  app.use(bodyLimit({ maxSize: BODY_MAX, onError: tooLarge }))
  app.onError((error, context) => answerFault(context, toFault(error)))

  app.post('/link', async (context) => {
    const { code } = await body(context, LinkInput)
    const { token } = await audited(auth, 'auth.link', () => redeemOwnerLink(auth.store, code))
    return signedIn(auth, context, token, SESSION_MS)
  })

  app.post('/device', async (context) => {
    const { token } = await body(context, DeviceInput)
    await audited(auth, 'auth.device', () => checkDevice(auth.store, token))
    return signedIn(auth, context, token, DEVICE_MS)
  })

  app.get('/session', async (context) => {
    const principal = await caller(auth, context).catch((error: unknown) => {
      forgetCookies(context)
      throw error
    })
    return context.json({ user: userOf(principal) })
  })

  app.post('/logout', async (context) => {
    const principal = await caller(auth, context)
    await audited(auth, 'auth.logout', () => end(auth, principal), principal)
    forgetCookies(context)
    return context.json({})
  })

  app.post('/token', async (context) => {
    const principal = await caller(auth, context)
    const { ttl } = await body(context, TokenInput)
    const issued = await audited(auth, 'auth.token', () => issue(auth, principal, ttl), principal)
    return context.json(issued)
  })

  return app
}

function issue({ tokens }: Auth, { via, user }: Principal, ttl: number | undefined) {
  // What a lost phone or a leaked token could make would outlive its revocation.
  if (via === 'device' || via === 'token')
    throw new Fault(
      'forbidden',
      'A device or a token makes no tokens. Sign in with the link, and make one there.',
    )
  return tokens.issue(user, ttl)
}

async function end(auth: Auth, principal: Principal): Promise<void> {
  const { via, user, credential } = principal
  if (via === 'owner-token') throw new Fault('conflict', 'The owner token ends when the operator changes it.')
  if (via === 'session') await removeSession(auth.store, credential)
  if (via === 'device') await moveDevice(auth.store, credential, user, 'active', 'revoked')
  if (via === 'token') await auth.tokens.revoke(principal)
  auth.revoked(credential)
}

async function signedIn(auth: Auth, context: Context, proof: string, ageMs: number): Promise<Response> {
  const protocol = protocolOf(context)
  const cookie = setCookie(proof, ageMs, protocol)
  const principal = await auth.authenticate({ cookie: cookie.split(';')[0], protocol })
  if (principal === undefined) throw new Error('the cookie just made proves nothing')
  context.header('Set-Cookie', cookie)
  return context.json({ user: userOf(principal) })
}

async function caller(auth: Auth, context: Context): Promise<Principal> {
  const proof = {
    authorization: context.req.header('authorization'),
    cookie: context.req.header('cookie'),
    protocol: protocolOf(context),
  }
  const principal = await auth.authenticate(proof).catch((error: unknown) => refusedProof(auth, error))
  if (principal !== undefined) return principal
  throw refused('missing', 'You are not signed in. Open the link that the server printed.')
}

/** A wrong proof is written down; a missing one is what every first visit looks like. */
async function refusedProof({ store }: Auth, error: unknown): Promise<never> {
  const { code, message } = toFault(error)
  await addAudit(store, { action: 'auth.page', outcome: code, detail: { door: 'page', reason: message } })
  throw error
}

/** Writes down what came of it, for good or ill; the fault goes on. */
async function audited<T>(
  { store }: Auth,
  action: string,
  act: () => Promise<T>,
  principal?: Principal,
): Promise<T> {
  const who = principal && { via: principal.via, credential: principal.credential }
  const entry = { action, userId: principal?.user }
  try {
    const result = await act()
    await addAudit(store, { ...entry, outcome: 'ok', detail: { door: 'page', ...who } })
    return result
  } catch (error) {
    const { code, message } = toFault(error)
    await addAudit(store, { ...entry, outcome: code, detail: { door: 'page', reason: message, ...who } })
    throw error
  }
}

function forgetCookies(context: Context): void {
  for (const cookie of clearCookies()) context.header('Set-Cookie', cookie, { append: true })
}

/** As the browser sees it: a page's Origin says https also where TLS ends at a proxy before us. */
function protocolOf(context: Context): Protocol {
  const said = context.req.header('origin') ?? context.req.url
  return said.startsWith('https:') ? 'https' : 'http'
}

async function body<S extends z.ZodType>(context: Context, schema: S): Promise<z.output<S>> {
  const text = await context.req.text()
  return parseInput(context.req.path, schema, text === '' ? {} : parseJson(text))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Fault('malformed', 'The body is not JSON.', { cause })
  }
}

const userOf = ({ userName, role, plan }: Principal) => ({ name: userName, role, plan })

const tooLarge = (context: Context) =>
  answerFault(context, new Fault('too_large', `A body here has at most ${String(BODY_MAX)} bytes.`))

function answerFault(context: Context, fault: Fault): Response {
  return Response.json(
    { ok: false, error: fault },
    { status: FAULTS[fault.code].http, headers: context.res.headers },
  )
}
