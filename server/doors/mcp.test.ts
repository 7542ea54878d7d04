import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { Client, ProtocolError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { CallToolRequest, Progress } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { toFault } from '#dsl/fault.ts'
import { EVENTS, RUN, fakeArtifacts, fakeRuns } from '#dsl/powers/fake/runs.ts'
import { fakeWorkflows } from '#dsl/powers/fake/workflows.ts'
import type { RunEvent, Runs } from '#dsl/powers/runs.ts'
import { TEXT_MAX } from '#dsl/wire/message.ts'
import { TOKEN, openDoors } from './test-stage.ts'
import type { Doors } from './test-stage.ts'

const ERAS = ['legacy', 'auto'] as const
let ended: string[] = []
let emitted = 0
/** `live` has one event and never ends by itself; `flood` has more than any client lets wait. */
const runs: Runs = {
  ...fakeRuns(),
  async watch(run, cursor, emit, signal) {
    const over = () => {
      ended.push(toFault(signal.reason).code)
      return toFault(signal.reason)
    }
    if (run === 'flood') {
      const state = { ...EVENTS[0], run: { ...RUN, reason: 'x'.repeat(20_000) } } as RunEvent
      for (emitted = 0; emitted < MANY && !signal.aborted; emitted += 1) await emit(state)
      if (signal.aborted) throw over()
      return { cursor: emitted }
    }
    if (run !== 'live') return fakeRuns().watch(run, cursor, emit, signal)
    await emit(EVENTS[0] as RunEvent)
    return new Promise((_, reject) => {
      if (signal.aborted) reject(over())
      signal.addEventListener('abort', () => reject(over()))
    })
  },
}
let doors: Doors
const clients: Client[] = []
beforeAll(async () => {
  doors = await openDoors({ runs, artifacts: fakeArtifacts(), workflows: fakeWorkflows() })
})
beforeEach(() => (ended = []))
afterAll(async () => {
  for (const client of clients) await client.close()
  await doors.close()
})

async function connect(mode: (typeof ERAS)[number], headers: Record<string, string> = {}): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } })
  const requestInit = { headers: { authorization: `Bearer ${TOKEN}`, ...headers } }
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', doors.url), { requestInit }))
  clients.push(client)
  return client
}

const MANY = 1000
const FLOOD = { name: 'run.watch', arguments: { run: 'flood' } }
const WATCH_LIVE: CallToolRequest['params'] = { name: 'run.watch', arguments: { run: 'live' } }

/** A call that is under way: it has made its first progress. `ends` says its result, or how it was refused. */
async function begin(client: Client, signal?: AbortSignal): Promise<{ ends: Promise<unknown> }> {
  const begun = Promise.withResolvers<Progress>()
  const answer = client.callTool(WATCH_LIVE, { onprogress: begun.resolve, ...(signal && { signal }) })
  const ends = answer.catch((error: unknown) => error)
  await begun.promise
  return { ends }
}

describe.each(ERAS)('a client of the era "%s"', (mode) => {
  let client: Client
  beforeAll(async () => {
    client = await connect(mode)
  })

  it('is told who answers, in the revision that it asked for', () => {
    expect(client.getServerVersion()).toMatchObject({ name: 'chispart' })
    expect(client.getNegotiatedProtocolVersion()).toBe(mode === 'legacy' ? '2025-11-25' : '2026-07-28')
    expect(client.getInstructions()).toContain('workspace')
  })

  it('lists tools and calls one, whose answer fits the schema that was listed', async () => {
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['shell.exec', 'run.watch']))
    const { structuredContent, content } = await client.callTool({
      name: 'run.get',
      arguments: { run: 'r1' },
    })
    expect(structuredContent).toMatchObject({ ok: true, run: RUN })
    expect(JSON.parse((content[0] as { text: string }).text)).toEqual(structuredContent)
  })

  it('finds a tool by names without dots, and by the name of its op', async () => {
    const list = await client.callTool({ name: 'workflow_list', arguments: {} })
    expect(list.structuredContent).toMatchObject({ workflows: [{ name: 'hello' }] })
  })

  it('hears progress in order, and has all of it in the answer', async () => {
    const heard: Progress[] = []
    const onprogress = (progress: Progress) => void heard.push(progress)
    const answer = await client.callTool({ name: 'run.watch', arguments: { run: 'r1' } }, { onprogress })
    expect(heard.map(({ progress }) => progress)).toEqual([1, 2, 3])
    expect(heard.map(({ message }) => JSON.parse(message ?? '') as unknown)).toEqual(EVENTS)
    expect(answer.structuredContent).toEqual({ ok: true, stream: EVENTS, cursor: 3 })
  })

  it('reads a fault as a result, with what would make it right', async () => {
    const answer = await client.callTool({ name: 'run.get', arguments: { run: 'r2' } })
    expect(answer).toMatchObject({ isError: true, content: [{ type: 'text' }] })
    const { error } = JSON.parse((answer.content[0] as { text: string }).text) as { error: unknown }
    expect(error).toEqual({ code: 'not_found', message: 'You have no run "r2".' })
    const wrong = await client.callTool({ name: 'run.list', arguments: { limit: 'many' } })
    expect(wrong).toMatchObject({ isError: true })
    expect(JSON.stringify(wrong.content)).toContain('limit')
  })

  it('is given a link to what can be fetched', async () => {
    const answer = await client.callTool({ name: 'artifact.link', arguments: { artifact: 'a1' } })
    const link = { type: 'resource_link', uri: 'https://host/artifacts/a1', name: 'artifact.link' }
    expect(answer.content).toContainEqual(link)
  })

  it('is refused a tool that is none, and ops that are behind other doors', async () => {
    for (const name of ['no.such', 'pty.open', 'device.approve', '__proto__']) {
      const error: unknown = await client.callTool({ name, arguments: {} }).catch((error: unknown) => error)
      expect(error).toBeInstanceOf(ProtocolError)
      expect(error).toMatchObject({ code: -32602 })
    }
  })

  it('ends its call by cancelling it', async () => {
    const left = new AbortController()
    const { ends } = await begin(client, left.signal)
    left.abort()
    await expect.poll(() => ended).toEqual(['cancelled'])
    expect(await ends).toBeInstanceOf(Error)
  })

  it('ends its call by hanging up', async () => {
    const leaver = await connect(mode)
    const { ends } = await begin(leaver)
    await leaver.close()
    await expect.poll(() => ended).toEqual(['cancelled'])
    expect(await ends).toBeInstanceOf(Error)
  })

  it('reads why its call ended when the sign-in does', async () => {
    const { ends } = await begin(client)
    doors.revoke()
    expect(ended).toEqual(['unauthenticated'])
    expect(await ends).toMatchObject({ isError: true })
    expect(JSON.stringify(await ends)).toContain('This sign-in is over.')
  })

  it('gets all of a flood, in order, however much of it there is', async () => {
    let last = 0
    const onprogress = ({ progress }: Progress) => {
      expect(progress).toBe(last + 1)
      last = progress
    }
    const answer = await client.callTool(FLOOD, { onprogress })
    expect(last).toBe(MANY)
    expect(answer.structuredContent).toMatchObject({ cursor: MANY, truncated: true })
  })
})

describe('a subscription', () => {
  it('ends with the sign-in, and promises no news that there are none of', async () => {
    const subscription = await (await connect('auto')).listen({ toolsListChanged: true })
    expect(subscription.honoredFilter).toEqual({})
    doors.revoke()
    expect(await subscription.closed).toBe('graceful')
  })
})

describe('calls of two clients', () => {
  it('are not cancelled by each other, though their ids are the same', async () => {
    const [one, two] = [await connect('legacy'), await connect('legacy')]
    const left = new AbortController()
    const first = await begin(one, left.signal)
    const second = await begin(two)
    left.abort()
    await first.ends
    await expect.poll(() => ended).toEqual(['cancelled'])
    await two.close()
    await second.ends
    await expect.poll(() => ended).toEqual(['cancelled', 'cancelled'])
  })
})

const authorization = `Bearer ${TOKEN}`
const CALL = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'run.list', arguments: {} } }
function post(body: unknown, headers: Record<string, string> = {}, signal?: AbortSignal) {
  return fetch(`${doors.url}/mcp`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: {
      authorization,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    ...(signal && { signal }),
  })
}

describe('the MCP door', () => {
  it('asks for a bearer token, by HTTP and by JSON-RPC, and writes the refusal down', async () => {
    for (const proof of ['', 'Bearer wrong']) {
      const answer = await post(CALL, { authorization: proof })
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
      expect(await answer.json()).toMatchObject({ jsonrpc: '2.0', id: null, error: { code: -32001 } })
    }
    expect(doors.audited.at(-1)).toMatchObject({
      action: 'auth.mcp',
      outcome: 'unauthenticated',
      door: 'mcp',
    })
  })

  it('does not look at a cookie', async () => {
    const answer = await post(CALL, { authorization: '', cookie: `chispart=${TOKEN}` })
    expect(answer.status).toBe(401)
    expect(doors.proofs.at(-1)).toEqual({ authorization: '' })
  })

  it('takes no other name, page, method, type or size', async () => {
    const foreign = await post(CALL, { origin: 'https://evil.example' })
    expect(foreign.status).toBe(403)
    expect(await asHost('evil.example')).toBe(421)
    const got = await fetch(`${doors.url}/mcp`, { headers: { authorization } })
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await post(CALL, { 'content-type': 'text/plain' })).status).toBe(415)
    const large = await post(' '.repeat(TEXT_MAX + 1))
    expect([large.status, await large.json()]).toMatchObject([413, { error: { code: -32013 } }])
    const broken = await post('{')
    expect([broken.status, await broken.json()]).toMatchObject([400, { error: { code: -32700 } }])
  })

  it('writes a call down like any other door', async () => {
    await (await post(CALL)).text()
    expect(doors.audited.at(-1)).toMatchObject({
      action: 'run.list',
      outcome: 'ok',
      door: 'mcp',
      principal: { user: 'u1' },
    })
  })

  it('answers a call without a token for progress too, and sends none', async () => {
    const params = { name: 'run.watch', arguments: { run: 'r1' } }
    const text = await (await post({ ...CALL, params })).text()
    expect(text.match(/^data: /gm)).toHaveLength(1)
    expect(text).toContain('"cursor":3')
  })

  it('lets a call wait for a client that does not read', async () => {
    const params = { ...FLOOD, _meta: { progressToken: 1 } }
    const left = new AbortController()
    const answer = await post({ ...CALL, params }, {}, left.signal)
    const reader = answer.body?.getReader()
    await reader?.read()
    const still = await standstill()
    expect(still).toBeLessThan(MANY / 2)
    left.abort()
    await expect.poll(() => ended).toEqual(['cancelled'])
  })

  it('has no documents for those who look for another way to sign in', async () => {
    const answer = await fetch(`${doors.url}/.well-known/oauth-protected-resource/mcp`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/json'])
  })
})

/** How many events were taken when no more are. */
async function standstill(): Promise<number> {
  let seen = -1
  await expect
    .poll(
      () => {
        const same = seen === emitted
        seen = emitted
        return same
      },
      { interval: 300 },
    )
    .toBe(true)
  return seen
}

/** `fetch` says no other Host. */
async function asHost(host: string): Promise<number | undefined> {
  const sent = request(`${doors.url}/mcp`, { method: 'POST', headers: { host, authorization } })
  sent.end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  answer.resume()
  return answer.statusCode
}
