// The MCP door: POST /mcp, Streamable HTTP of both protocol eras, every op a tool. It keeps no session: each request is
// served by a server of its own, as who its bearer token says; a browser's cookie opens nothing here.
import { randomUUID } from 'node:crypto'
import { createMcpHandler, isJsonContentType } from '@modelcontextprotocol/server'
import { Hono } from 'hono'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { FAULTS, Fault, toFault } from '#dsl/fault.ts'
import type { Auth } from '#server/auth/auth.ts'
import type { Principal } from '#server/auth/principal.ts'
import { whileSignedIn } from '#server/auth/while-signed-in.ts'
import { parseBody, readBody } from '#server/body.ts'
import type { Dispatch } from '#server/dispatch.ts'
import type { Audit } from '#server/events/audit.ts'
import type { Log } from '#server/log.ts'
import { peerOf } from '#server/peer.ts'
import { storeFault } from '#server/store/transaction.ts'
import { createCancels } from './mcp/cancels.ts'
import type { Cancels } from './mcp/cancels.ts'
import { createFlow } from './mcp/flow.ts'
import { mcpServer } from './mcp/server.ts'
import type { Conversation } from './mcp/server.ts'

export interface McpParts {
  readonly auth: Auth
  readonly dispatch: Dispatch
  readonly audit: Audit
  readonly log: Log
}

/** JSON-RPC 2.0 §5.1: what no code of ours says. */
const INVALID_REQUEST = -32600

export function mcpDoor(parts: McpParts): Hono {
  const app = new Hono()
  const cancels = createCancels()
  app.post('/mcp', (c) => answer(parts, cancels, c).catch((error: unknown) => refuse(parts, c, error)))
  // Streams beside a request and the end of a session are of sessions that a server keeps.
  app.all('/mcp', (c) =>
    c.json(rpcError(INVALID_REQUEST, 'MCP is spoken by POST here.'), 405, { allow: 'POST' }),
  )
  return app
}

async function answer(parts: McpParts, cancels: Cancels, c: Context): Promise<Response> {
  const principal = await callerOf(parts, c)
  const json = isJsonContentType(c.req.header('content-type'))
  // A body of another type is refused unread.
  const parsedBody = json ? parseBody(await readBody(c)) : undefined
  const flow = createFlow()
  const welcome = whileSignedIn(parts.auth, principal)
  const open = new Set<Promise<unknown>>()
  const speaker = { credential: principal.credential, session: c.req.header('mcp-session-id') }
  const conversation: Conversation = {
    flow,
    cancel: (id) => cancels.cancel(speaker, id),
    until(id, connected) {
      const { signal, done } = cancels.begin(speaker, id)
      return { signal: AbortSignal.any([connected, welcome.signal, signal]), done }
    },
    call({ name: op }, input, signal, emit) {
      const call = { principal, peer: peerOf(c), door: 'mcp', op, input, signal, emit } as const
      const answered = parts.dispatch(call)
      open.add(answered)
      return answered
    },
  }
  const onerror = (error: Error) => parts.log.debug({ err: error }, 'mcp')
  const handler = createMcpHandler(() => mcpServer(conversation), { responseMode: 'sse', onerror })
  welcome.signal.addEventListener('abort', () => {
    // Calls end by the same signal, and their faults are still read; a subscription ends here.
    void Promise.allSettled(open).then(() => setImmediate(() => void handler.close()))
  })
  const response = await handler.fetch(c.req.raw, { parsedBody })
  const counted = flow.through(response, welcome.done)
  if (isInitialize(parsedBody)) counted.headers.set('mcp-session-id', randomUUID())
  return counted
}

/** Faults: unauthenticated. */
async function callerOf({ auth, audit }: McpParts, c: Context): Promise<Principal> {
  try {
    const principal = await auth.authenticate({ authorization: c.req.header('authorization') })
    if (principal) return principal
    throw new Fault('unauthenticated', 'Send a token: Authorization: Bearer ….', {
      data: { reason: 'missing' },
    })
  } catch (error) {
    const fault = toFault(error)
    audit.record({ action: 'auth.mcp', outcome: fault.code, door: 'mcp', reason: fault.message })
    throw error
  }
}

/** A fault before there is a call, as JSON-RPC carries it (§5) and as HTTP does. */
function refuse({ log }: McpParts, c: Context, error: unknown): Response {
  const fault = storeFault(error)
  const { http, mcp, retry } = FAULTS[fault.code]
  if (fault.code === 'internal') log.error({ err: fault.cause ?? fault, path: c.req.path }, 'a request broke')
  if (http === 401) c.header('www-authenticate', 'Bearer')
  if (retry) c.header('retry-after', '1')
  return c.json(rpcError(mcp, fault.message, fault.toJSON()), http as ContentfulStatusCode)
}

function rpcError(code: number, message: string, data?: unknown) {
  return { jsonrpc: '2.0', id: null, error: { code, message, ...(data === undefined ? {} : { data }) } }
}

function isInitialize(body: unknown): boolean {
  return (body as { method?: unknown } | null | undefined)?.method === 'initialize'
}
