// What every WebSocket door shares: who calls is known before it opens, looked at again while it lasts, and a fault is how
// it closes. It reads no frame.
import { upgradeWebSocket } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'
import type { WebSocket } from 'ws'
import { FAULTS, Fault, toFault } from '#dsl/fault.ts'
import type { Auth } from '#server/auth/auth.ts'
import type { AuthHeaders } from '#server/auth/authenticate.ts'
import type { Principal } from '#server/auth/principal.ts'
import type { Peer } from '#server/dispatch.ts'
import type { Audit } from '#server/events/audit.ts'
import { pageProtocol } from '#server/hosts.ts'
import { peerOf } from '#server/peer.ts'

const PING_MS = 15_000
/** Bytes that may wait for a client; with credit honoured it never gets near. */
const QUEUE_MAX = 33_554_432
/** Below this a client has room for the next event. */
const QUEUE_LOW = 262_144

export interface SocketParts {
  readonly auth: Auth
  readonly audit: Audit
}

/** One connection's caller: who, from where, and the proof to check again as time passes. */
export interface Caller {
  readonly principal: Principal
  readonly peer: Peer
  readonly headers: AuthHeaders
}

/**
 * `prepare` reads the request; what it answers takes the open socket. A missing or wrong proof opens and closes with 4401,
 * because a browser shows no status of a refused upgrade. A request that is no upgrade goes to the next handler.
 */
export function admitted(
  parts: SocketParts,
  prepare: (c: Context) => (socket: WebSocket, caller: Caller) => void,
): MiddlewareHandler {
  return upgradeWebSocket(async (c) => {
    const headers = proofOf(c)
    const peer = peerOf(c)
    const serve = prepare(c)
    const known = await admit(parts, headers).catch(toFault)
    return {
      onOpen(_, { raw }) {
        const socket = raw as WebSocket
        if (!(known instanceof Fault)) return serve(socket, { principal: known, peer, headers })
        parts.audit.record({ action: 'auth.ws', outcome: known.code, door: 'ws', reason: known.message })
        socket.on('error', () => undefined)
        closeWith(socket, known)
      },
    }
  })
}

/** A browser's WebSocket cannot set headers, so the token may travel as a subprotocol beside `chispart.v1`. */
function proofOf(c: Context): AuthHeaders {
  const offered = (c.req.header('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim())
  const bearer = offered.find((name) => name.startsWith('bearer.'))?.slice('bearer.'.length)
  const authorization = c.req.header('authorization') ?? (bearer && `Bearer ${bearer}`)
  // A cookie travels with any page's request; only our own page, which says so, may use it.
  const cookie = c.req.header('origin') === undefined ? undefined : c.req.header('cookie')
  return { authorization, cookie, protocol: pageProtocol(c.req.header('origin')) }
}

async function admit({ auth }: SocketParts, headers: AuthHeaders): Promise<Principal> {
  const principal = await auth.authenticate(headers)
  if (principal) return principal
  throw new Fault('unauthenticated', 'Sign in, or send a token.', { data: { reason: 'missing' } })
}

/** Calls `end` when the proof is revoked or over, and ends a socket that does not answer. Undone by what it returns. */
export function whileWelcome(
  parts: SocketParts,
  socket: WebSocket,
  { principal, headers }: Caller,
  end: (fault: Fault) => void,
): () => void {
  const over = new Fault('unauthenticated', 'This sign-in is over.', { data: { reason: 'revoked' } })
  const deaf = parts.auth.onRevoked((credential) => void (credential === principal.credential && end(over)))
  const beat = setInterval(
    pulse(socket, () => stillWelcome(parts, headers, end)),
    PING_MS,
  )
  return () => {
    clearInterval(beat)
    deaf()
  }
}

/** What expired since the last beat, or was revoked by another server, ends here. */
async function stillWelcome(
  parts: SocketParts,
  headers: AuthHeaders,
  end: (fault: Fault) => void,
): Promise<void> {
  const fault = await admit(parts, headers).then(() => undefined, toFault)
  if (fault?.code === 'unauthenticated') end(fault)
}

function pulse(socket: WebSocket, also: () => Promise<void>): () => void {
  let answered = true
  socket.on('pong', () => (answered = true))
  return () => {
    if (!answered) return socket.terminate()
    answered = false
    socket.ping()
    void also()
  }
}

export interface Outgoing {
  /** Answers true when the kernel has all of it; until then a frame's bytes must not change. */
  send(data: string | Uint8Array): boolean
  /** Resolves when the client has taken enough for more to be sent, or is gone. */
  drained(): Promise<void>
  /** To be called when the socket has closed: nobody waits any longer. */
  flushed(): void
}

export function outgoing(socket: WebSocket): Outgoing {
  const waiters = new Set<() => void>()
  const flushed = () => {
    if (socket.readyState === socket.OPEN && socket.bufferedAmount > QUEUE_LOW) return
    for (const wake of waiters) wake()
    waiters.clear()
  }
  return {
    flushed,
    send(data) {
      if (socket.readyState !== socket.OPEN) return true
      socket.send(data, flushed)
      const waits = socket.bufferedAmount
      if (waits > QUEUE_MAX)
        closeWith(socket, new Fault('exhausted', 'Too much waits for this client. Attach again.'))
      return waits === 0
    },
    drained() {
      if (socket.readyState !== socket.OPEN || socket.bufferedAmount <= QUEUE_LOW) return Promise.resolve()
      return new Promise((resolve) => waiters.add(resolve))
    },
  }
}

/** RFC 6455 §5.5: the reason is at most 123 bytes. */
export function closeWith(socket: WebSocket, fault: Fault): void {
  const reason = Buffer.from(fault.message)
    .subarray(0, 120)
    .toString()
    .replace(/\uFFFD+$/, '')
  socket.close(FAULTS[fault.code].ws, reason)
}
