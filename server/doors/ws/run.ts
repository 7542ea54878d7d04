// The WebSocket door /runs/{id}: what happens in one run, a JSON text frame per event, from ?cursor=N on. It only sends.
import type { MiddlewareHandler } from 'hono'
import type { WebSocket } from 'ws'
import { Fault, toFault } from '#dsl/fault.ts'
import type { Dispatch } from '#server/dispatch.ts'
import { admitted, closeWith, outgoing, whileWelcome } from './socket.ts'
import type { Caller, SocketParts } from './socket.ts'

/** RFC 6455 §7.4.1: the purpose of the connection is fulfilled. */
const NORMAL = 1000

export interface RunDoorParts extends SocketParts {
  readonly dispatch: Dispatch
}

/** The path has the parameter `run`. Closes with 1000 when the run has ended and all of it was sent. */
export function runDoor(parts: RunDoorParts): MiddlewareHandler {
  return admitted(parts, (c) => {
    const input = { run: c.req.param('run'), ...cursorOf(c.req.query('cursor')) }
    return (socket, caller) => void follow(parts, socket, caller, input)
  })
}

async function follow(
  parts: RunDoorParts,
  socket: WebSocket,
  caller: Caller,
  input: Record<string, unknown>,
): Promise<void> {
  const { principal, peer } = caller
  const { send, drained, flushed } = outgoing(socket)
  const gone = new AbortController()
  const end = (fault: Fault) => {
    closeWith(socket, fault)
    gone.abort(fault)
  }
  const depart = whileWelcome(parts, socket, caller, end)
  socket.on('error', () => undefined)
  socket.on('message', () => end(new Fault('invalid', 'This socket only sends. Call ops on /rpc.')))
  socket.on('close', () => {
    depart()
    flushed()
    gone.abort(new Fault('cancelled', 'The caller hung up.'))
  })
  const emit = (event: unknown) => {
    send(JSON.stringify(event))
    return drained()
  }
  const call = { principal, peer, door: 'ws', op: 'run.watch', input, signal: gone.signal, emit } as const
  try {
    await parts.dispatch(call)
    socket.close(NORMAL, 'The run has ended.')
  } catch (error) {
    closeWith(socket, toFault(error))
  }
}

/** What is no number stays as it is, for the op to refuse by name. */
function cursorOf(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {}
  return { cursor: /^\d+$/.test(text) ? Number(text) : text }
}
