// The WebSocket door /rpc: calls, their events, and byte streams. It relays bytes and never reads them.
import type { MiddlewareHandler } from 'hono'
import type { WebSocket } from 'ws'
import { Fault, toFault } from '#dsl/fault.ts'
import { frameStream } from '#dsl/wire/frame.ts'
import { SUBPROTOCOL } from '#dsl/wire/message.ts'
import { converse } from '#runtime/link/conversation.ts'
import type { Transport } from '#runtime/link/conversation.ts'
import { createRateLimit } from '#server/auth/rate-limit.ts'
import type { Dispatch } from '#server/dispatch.ts'
import type { Mux, StreamClient } from '#server/fleet/mux.ts'
import type { Log } from '#server/log.ts'
import { admitted, closeWith, outgoing, whileWelcome } from './ws/socket.ts'
import type { Caller, SocketParts } from './ws/socket.ts'

/** 20 000 at once and 10 000 a second: input and credit are frames too, so only a flood passes it. */
const FRAMES = { capacity: 20_000, everyMs: 0.1, maxKeys: 1 }
/** Frames that were refused, 200 at once and 10 a second: each is written down, and a trail must not be flooded. */
const MISTAKES = { capacity: 200, everyMs: 100, maxKeys: 1 }

export interface WsParts extends SocketParts {
  readonly dispatch: Dispatch
  readonly mux: Mux
  readonly log: Log
}

export function wsDoor(parts: WsParts): MiddlewareHandler {
  return admitted(parts, () => (socket, caller) => serve(parts, socket, caller))
}

function serve(parts: WsParts, socket: WebSocket, caller: Caller): void {
  const { dispatch, mux } = parts
  const { principal, peer } = caller
  const { send, drained, flushed } = outgoing(socket)
  const transport: Transport = {
    sendText: send,
    sendBinary: send,
    drained,
    close: (fault) => closeWith(socket, fault),
  }
  const mistakes = createRateLimit(MISTAKES)
  const client: StreamClient = {
    sendBinary: send,
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
  const depart = whileWelcome(parts, socket, caller, end)
  const rate = createRateLimit(FRAMES)

  socket.on('message', (data: Buffer, binary: boolean) => {
    if (socket.readyState !== socket.OPEN) return
    if (!rate.take('frames')) return endBadly(new Fault('rate_limited', 'Too many frames. Slow down.'))
    if (binary) conversation.binary(data)
    else conversation.text(data.toString())
  })
  socket.on('error', (error) => note(brokenBy(error)))
  socket.on('close', () => {
    depart()
    conversation.end()
    mux.leave(client)
    flushed()
  })
}

/** What `ws` refuses unread: it closes the connection itself. */
function brokenBy(error: Error & { code?: string }): Fault {
  return error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'
    ? new Fault('too_large', 'A frame was too large to be read.')
    : new Fault('malformed', 'A frame broke the WebSocket protocol.', { cause: error })
}

/** What the upgrade answers of the offered subprotocols: never the one that holds a token. */
export function chooseProtocol(offered: Set<string>): string | false {
  return offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false
}
