// The WebSocket door /rpc: who calls is known before the first frame is read. It relays bytes and never reads them.
import { upgradeWebSocket } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'
import type { WebSocket } from 'ws'
import { FAULTS, Fault, toFault } from '#dsl/fault.ts'
import { frameStream } from '#dsl/wire/frame.ts'
import { SUBPROTOCOL } from '#dsl/wire/message.ts'
import { converse } from '#runtime/link/conversation.ts'
import type { Transport } from '#runtime/link/conversation.ts'
import type { Auth } from '#server/auth/auth.ts'
import { createRateLimit } from '#server/auth/rate-limit.ts'
import type { AuthHeaders } from '#server/auth/authenticate.ts'
import type { Principal } from '#server/auth/principal.ts'
import type { Dispatch, Peer } from '#server/dispatch.ts'
import type { Audit } from '#server/events/audit.ts'
import type { Mux, StreamClient } from '#server/fleet/mux.ts'
import type { Log } from '#server/log.ts'
import { pageProtocol } from '#server/hosts.ts'
import { peerOf } from '#server/peer.ts'

const PING_MS = 15_000
/** Bytes that may wait for a client; with credit honoured it never gets near. */
const QUEUE_MAX = 33_554_432
/** Below this a client has room for the next event. */
const QUEUE_LOW = 262_144
/** 20 000 at once and 10 000 a second: input and credit are frames too, so only a flood passes it. */
const FRAMES = { capacity: 20_000, everyMs: 0.1, maxKeys: 1 }
/** Frames that were refused, 200 at once and 10 a second: each is written down, and a trail must not be flooded. */
const MISTAKES = { capacity: 200, everyMs: 100, maxKeys: 1 }

export interface WsParts {
  readonly auth: Auth
  readonly dispatch: Dispatch
  readonly mux: Mux
  readonly audit: Audit
  readonly log: Log
}

/** A missing or wrong proof opens and closes with 4401, because a browser shows no status of a refused upgrade. */
export function wsDoor(parts: WsParts): MiddlewareHandler {
  return upgradeWebSocket(async (c) => {
    const headers = proofOf(c)
    const peer = peerOf(c)
    const known = await admit(parts, headers).catch(toFault)
    return {
      onOpen(_, { raw }) {
        const socket = raw as WebSocket
        if (!(known instanceof Fault)) return serve(parts, socket, { principal: known, peer, headers })
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

async function admit({ auth }: WsParts, headers: AuthHeaders): Promise<Principal> {
  const principal = await auth.authenticate(headers)
  if (principal) return principal
  throw new Fault('unauthenticated', 'Sign in, or send a token.', { data: { reason: 'missing' } })
}

/** One connection's caller: who, from where, and the proof to check again as time passes. */
interface Caller {
  readonly principal: Principal
  readonly peer: Peer
  readonly headers: AuthHeaders
}

function serve(parts: WsParts, socket: WebSocket, { principal, peer, headers }: Caller): void {
  const { auth, dispatch, mux } = parts
  const { transport, flushed } = transportOf(socket)
  const mistakes = createRateLimit(MISTAKES)
  const client: StreamClient = {
    sendBinary: transport.sendBinary,
    news: (news) => transport.sendText(JSON.stringify(news)),
  }
  const conversation = converse(transport, {
    call: (call) => dispatch({ ...call, principal, peer, door: 'ws', client }),
    binary: (frame) => onStream(frameStream(frame), () => mux.fromClient(client, frame)),
    stream: (frame) => onStream(frame.stream, () => mux.controlFromClient(client, frame)),
    refused,
  })
  const end = (fault: Fault) => {
    conversation.end()
    closeWith(socket, fault)
  }
  const note = ({ code, message }: Fault) =>
    parts.audit.record({ principal, action: 'rpc', outcome: code, door: 'ws', reason: message })
  const endBadly = (fault: Fault) => {
    note(fault)
    end(fault)
  }
  function refused(fault: Fault): void {
    if (!mistakes.take('frames'))
      return endBadly(new Fault('rate_limited', 'Too many frames that do not fit.'))
    note(fault)
  }
  function onStream(stream: number, act: () => void): void {
    try {
      act()
    } catch (error) {
      const fault = toFault(error)
      client.news({ stream, error: fault.toJSON() })
      refused(fault)
    }
  }
  const over = new Fault('unauthenticated', 'This sign-in is over.', { data: { reason: 'revoked' } })
  const deaf = auth.onRevoked((credential) => void (credential === principal.credential && end(over)))
  const rate = createRateLimit(FRAMES)
  const beat = setInterval(
    pulse(socket, () => stillWelcome(parts, headers, end)),
    PING_MS,
  )

  socket.on('message', (data: Buffer, binary: boolean) => {
    if (socket.readyState !== socket.OPEN) return
    if (!rate.take('frames')) return endBadly(new Fault('rate_limited', 'Too many frames. Slow down.'))
    if (binary) conversation.binary(data)
    else conversation.text(data.toString())
  })
  socket.on('error', (error) => note(brokenBy(error)))
  socket.on('close', () => {
    clearInterval(beat)
    deaf()
    conversation.end()
    mux.leave(client)
    flushed()
  })
}

/** What expired since the last beat, or was revoked by another server, ends here. */
async function stillWelcome(
  parts: WsParts,
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

function transportOf(socket: WebSocket): { transport: Transport; flushed: () => void } {
  const waiters = new Set<() => void>()
  const flushed = () => {
    if (socket.readyState === socket.OPEN && socket.bufferedAmount > QUEUE_LOW) return
    for (const wake of waiters) wake()
    waiters.clear()
  }
  const send = (data: string | Uint8Array) => {
    if (socket.readyState !== socket.OPEN) return
    socket.send(data, flushed)
    if (socket.bufferedAmount > QUEUE_MAX)
      closeWith(socket, new Fault('exhausted', 'Too much waits for this client. Attach again.'))
  }
  const transport: Transport = {
    sendText: send,
    sendBinary: send,
    drained() {
      if (socket.readyState !== socket.OPEN || socket.bufferedAmount <= QUEUE_LOW) return Promise.resolve()
      return new Promise((resolve) => waiters.add(resolve))
    },
    close: (fault) => closeWith(socket, fault),
  }
  return { transport, flushed }
}

/** What `ws` refuses unread: it closes the connection itself. */
function brokenBy(error: Error & { code?: string }): Fault {
  return error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'
    ? new Fault('too_large', 'A frame was too large to be read.')
    : new Fault('malformed', 'A frame broke the WebSocket protocol.', { cause: error })
}

/** RFC 6455 §5.5: the reason is at most 123 bytes. */
function closeWith(socket: WebSocket, fault: Fault): void {
  const reason = Buffer.from(fault.message)
    .subarray(0, 120)
    .toString()
    .replace(/\uFFFD+$/, '')
  socket.close(FAULTS[fault.code].ws, reason)
}

/** What the upgrade answers of the offered subprotocols: never the one that holds a token. */
export function chooseProtocol(offered: Set<string>): string | false {
  return offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false
}
