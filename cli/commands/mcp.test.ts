import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Client } from '@modelcontextprotocol/client'
import type { JSONRPCMessage, Progress } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { McpServer, createMcpHandler } from '@modelcontextprotocol/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { CHISPART, openStage } from '#cli/test-stage.ts'
import type { Stage } from '#cli/test-stage.ts'

const TOKEN = 'a-token'
const ERAS = ['legacy', 'auto'] as const
const aborted: string[] = []
let asked: Request[] = []
let http: Server
let url: string
let stage: Stage
const clients: Client[] = []

/** An MCP server of the protocol's own kit, behind a token as ours is: it counts, waits, and hangs up. */
function tools(): McpServer {
  const mcp = new McpServer({ name: 'stand-in', version: '1' })
  const inputSchema = z.object({ to: z.number() })
  mcp.registerTool('count', { inputSchema }, async ({ to }, { mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken ?? 0
    for (let progress = 1; progress <= to; progress += 1)
      await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress } })
    return { content: [{ type: 'text', text: `counted to ${to}` }] }
  })
  mcp.registerTool('wait', {}, async ({ mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken ?? 0
    await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress: 1 } })
    await once(mcpReq.signal, 'abort')
    aborted.push('wait')
    return { content: [] }
  })
  mcp.registerTool('hang-up', {}, ({ mcpReq }) => {
    setImmediate(() => http.closeAllConnections())
    return once(mcpReq.signal, 'abort').then(() => ({ content: [] }))
  })
  return mcp
}

beforeAll(async () => {
  const mcp = createMcpHandler(tools)
  const fetch = (request: Request) => {
    asked.push(request)
    if (request.headers.get('authorization') === `Bearer ${TOKEN}`) return mcp.fetch(request)
    const data = { code: 'unauthenticated', message: 'This token is not known.' }
    const error = { code: -32001, message: data.message, data }
    return Response.json({ jsonrpc: '2.0', id: null, error }, { status: 401 })
  }
  http = createAdaptorServer({ fetch }) as Server
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  stage = await openStage()
})
afterAll(async () => {
  for (const client of clients) await client.close()
  await stage.close()
  http.closeAllConnections()
  http.close()
})

async function connect(mode: (typeof ERAS)[number], env: Record<string, string> = {}) {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } })
  const environment = { ...stage.env, CHISPART_URL: url, CHISPART_TOKEN: TOKEN, ...env } as Record<
    string,
    string
  >
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [CHISPART, 'mcp'],
    env: environment,
    stderr: 'pipe',
  })
  // The client itself drops progress that arrives in one piece with its answer.
  const heard: JSONRPCMessage[] = []
  transport.onmessage = (message) => void heard.push(message)
  clients.push(client)
  await client.connect(transport)
  return { client, transport, heard }
}

describe.each(ERAS)('mcp, for a client of the era "%s"', (mode) => {
  let client: Client
  let heard: JSONRPCMessage[]
  beforeAll(async () => {
    asked = []
    ;({ client, heard } = await connect(mode))
  })

  it('carries the tools of the server, with its token, in the revision that both speak', async () => {
    expect(client.getServerVersion()?.name).toBe('stand-in')
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name)).toEqual(['count', 'wait', 'hang-up'])
    const versions = asked.map(({ headers }) => headers.get('mcp-protocol-version'))
    expect(versions.at(-1)).toBe(client.getNegotiatedProtocolVersion())
    expect(client.getNegotiatedProtocolVersion()).toBe(mode === 'legacy' ? '2025-11-25' : '2026-07-28')
  })

  it('carries progress, in order and all of it before the answer', async () => {
    heard.length = 0
    const onprogress = () => undefined
    const answer = await client.callTool({ name: 'count', arguments: { to: 2000 } }, { onprogress })
    expect(answer.content).toEqual([{ type: 'text', text: 'counted to 2000' }])
    const progress = heard
      .slice(0, -1)
      .map((message) => ('method' in message ? message.params?.['progress'] : 0))
    expect(progress).toEqual(Array.from({ length: 2000 }, (_, n) => n + 1))
  })

  it('ends at the server what the client cancels', async () => {
    aborted.length = 0
    const left = new AbortController()
    const onprogress = () => left.abort()
    const call = client.callTool({ name: 'wait', arguments: {} }, { signal: left.signal, onprogress })
    await expect(call).rejects.toThrow()
    await expect.poll(() => aborted).toEqual(['wait'])
  })

  it('says so when the server hangs up in the middle, and goes on', async () => {
    const call = client.callTool({ name: 'hang-up', arguments: {} })
    await expect(call).rejects.toMatchObject({ code: -32030 })
    expect((await client.callTool({ name: 'count', arguments: { to: 0 } })).content).toHaveLength(1)
  })

  it('ends when its client does, and what it asked for with it', async () => {
    aborted.length = 0
    const leaver = await connect(mode)
    const begun = Promise.withResolvers<Progress>()
    const call = leaver.client.callTool({ name: 'wait', arguments: {} }, { onprogress: begun.resolve })
    call.catch(() => undefined)
    await begun.promise
    await leaver.client.close()
    await expect.poll(() => aborted).toEqual(['wait'])
    expect(leaver.transport.pid).toBeNull()
  })
})

describe('mcp, where it cannot work', () => {
  it('says how to come in', async () => {
    const refused = connect('legacy', { CHISPART_TOKEN: 'wrong' })
    await expect(refused).rejects.toMatchObject({ code: -32001 })
    await expect(refused).rejects.toThrow('chispart pair')
  })

  it('says that nothing answers', async () => {
    const refused = connect('legacy', { CHISPART_URL: 'http://127.0.0.1:1' })
    await expect(refused).rejects.toMatchObject({ code: -32030 })
    await expect(refused).rejects.toThrow('Nothing answers at http://127.0.0.1:1.')
  })

  it('starts with no token that no header could carry', async () => {
    const { code, err, out } = await stage.run(['mcp'], { env: { CHISPART_URL: url, CHISPART_TOKEN: 'a b' } })
    expect([code, out.toString()]).toEqual([64, ''])
    expect(err).toContain('The token holds a blank')
  })

  it('goes to no other address than the one it was given', async () => {
    const elsewhere = createAdaptorServer({ fetch: () => Response.redirect(`${url}/mcp`, 307) }) as Server
    elsewhere.listen(0, '127.0.0.1')
    await once(elsewhere, 'listening')
    asked = []
    const { port } = elsewhere.address() as AddressInfo
    await expect(connect('legacy', { CHISPART_URL: `http://127.0.0.1:${port}` })).rejects.toThrow()
    expect(asked).toEqual([])
    elsewhere.closeAllConnections()
    elsewhere.close()
  })
})
