// One MCP client's standard input and output, carried to a server's /mcp and back, message by message. It reads only what
// it must: which request an answer is for, and what is cancelled. The era of the protocol is between the two ends.
import { once } from 'node:events'
import { SdkHttpError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/client'
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import { z } from 'zod'
import { FAULTS, Fault } from '#dsl/fault.ts'
import type { Endpoint } from './endpoint.ts'
import { refuseUnsendable } from './keys.ts'
import { nobodyAt, refusal } from './socket.ts'

/** How the server says a fault that it has before it knows whose answer it is. */
const Refusal = z.object({
  error: z.object({ data: z.looseObject({ code: z.string(), message: z.string() }) }),
})

/** Resolves when the client has closed its end; what it asked for ends then. Faults: invalid (the token). */
export async function relayMcp({ url, token }: Endpoint, failed: (fault: Fault) => void): Promise<void> {
  refuseUnsendable(token)
  const client = new StdioServerTransport()
  // A token is for one address only, so no redirect is followed.
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const requestInit: RequestInit = { headers, redirect: 'error' }
  const server = new StreamableHTTPClientTransport(new URL('/mcp', url), { requestInit, fetch: paced })
  const open = new Map<RequestId, AbortController>()
  const tell = (message: JSONRPCMessage) => void client.send(message).catch(() => undefined)

  function refuse(id: RequestId, fault: Fault): void {
    if (!open.delete(id)) return
    failed(fault)
    tell({
      jsonrpc: '2.0',
      id,
      error: { code: FAULTS[fault.code].mcp, message: fault.message, data: fault.toJSON() },
    })
  }

  function ask(message: JSONRPCMessage & { id: RequestId }): void {
    const { id } = message
    const left = new AbortController()
    open.set(id, left)
    const onRequestStreamEnd = () =>
      refuse(id, new Fault('unavailable', `${url} hung up before it answered. Try again in a moment.`))
    server
      .send(message, { requestSignal: left.signal, onRequestStreamEnd })
      .catch((error: unknown) => refuse(id, faultOf(error, url)))
  }

  client.onmessage = (message) => {
    if ('method' in message && 'id' in message) return ask(message)
    const cancelled = cancelledBy(message)
    if (cancelled === undefined) return void server.send(message).catch(() => undefined)
    // Its request ends with its connection, in both eras.
    open.get(cancelled)?.abort()
    open.delete(cancelled)
  }
  server.onmessage = (message) => {
    if ('id' in message && !('method' in message) && message.id !== undefined) open.delete(message.id)
    const version = negotiated(message)
    if (version !== undefined) server.setProtocolVersion(version)
    tell(message)
  }
  const closed = new Promise<void>((resolve) => (client.onclose = resolve))
  await server.start()
  await client.start()
  await closed
  await server.close()
}

/** Reads no more of a response than the client takes. */
async function paced(address: string | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(address, init)
  if (response.body === null) return response
  const pace = new TransformStream<Uint8Array, Uint8Array>({
    async transform(chunk, controller) {
      if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain')
      controller.enqueue(chunk)
    },
  })
  const { status, statusText, headers } = response
  return new Response(response.body.pipeThrough(pace), { status, statusText, headers })
}

function faultOf(error: unknown, url: string): Fault {
  if (!(error instanceof SdkHttpError)) return nobodyAt(url, error)
  const said = Refusal.safeParse(parse(error.data['text']))
  return refusal(error.status, JSON.stringify(said.success ? { error: said.data.error.data } : {}), url)
}

function parse(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined
  } catch {
    return undefined
  }
}

function cancelledBy(message: JSONRPCMessage): RequestId | undefined {
  if (!('method' in message) || message.method !== 'notifications/cancelled') return undefined
  return message.params?.['requestId'] as RequestId | undefined
}

/** The version of the 2025 era that the server chose; every later request names it. */
function negotiated(message: JSONRPCMessage): string | undefined {
  const version = 'result' in message ? message.result['protocolVersion'] : undefined
  return typeof version === 'string' ? version : undefined
}
