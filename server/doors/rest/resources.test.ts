import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findOp } from '#dsl/catalog.ts'
import { toFault } from '#dsl/fault.ts'
import { EVENTS, RUN, fakeArtifacts, fakeRuns } from '#dsl/powers/fake/runs.ts'
import { fakeWorkflows } from '#dsl/powers/fake/workflows.ts'
import type { RunEvent, Runs } from '#dsl/powers/runs.ts'
import { TOKEN, openDoors } from '#server/doors/test-stage.ts'
import type { Doors } from '#server/doors/test-stage.ts'
import { openApi } from './openapi.ts'
import { ROUTES, opOf, pathFields } from './routes.ts'

const asked: unknown[] = []
let ended: string[] = []
/** `live` has one event and never ends by itself. */
const runs: Runs = {
  ...fakeRuns(asked),
  async watch(run, cursor, emit, signal) {
    if (run !== 'live') return fakeRuns().watch(run, cursor, emit, signal)
    await emit(EVENTS[0] as RunEvent)
    return new Promise((_, reject) => {
      const end = () => {
        ended = [...ended, toFault(signal.reason).code]
        reject(toFault(signal.reason))
      }
      if (signal.aborted) end()
      signal.addEventListener('abort', end)
    })
  },
}
let doors: Doors
beforeAll(async () => {
  doors = await openDoors({ runs, artifacts: fakeArtifacts(asked), workflows: fakeWorkflows(asked) })
})
afterAll(() => doors.close())

const authorization = `Bearer ${TOKEN}`
const call = (path: string, init: RequestInit = {}) =>
  fetch(doors.url + path, { ...init, headers: { authorization, ...init.headers } })
const json = async (path: string, init?: RequestInit): Promise<unknown> => (await call(path, init)).json()
const post = (path: string, body?: object) =>
  json(path, {
    method: 'POST',
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
const last = () => asked.at(-1)

describe('the table of resource paths', () => {
  it('names only fields that the ops have, and changes nothing by GET', () => {
    for (const route of ROUTES) {
      const fields = Object.keys(opOf(route).input.shape)
      expect(fields).toEqual(expect.arrayContaining(pathFields(route.path)))
      if (route.method === 'GET') expect(opOf(route).effect).toBe('read')
      expect(opOf(route).doors).toContain('rest')
    }
  })

  it('is in the OpenAPI document, with the query of a GET and without the path in a body', () => {
    const { paths } = openApi() as { paths: Record<string, Record<string, never>> }
    const parameters = paths['/runs']?.['get']?.['parameters'] as { name: string; in: string }[] | undefined
    expect(parameters).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'cursor', in: 'query' })]),
    )
    const requestBody: unknown = paths['/runs/{run}/approve']?.['post']?.['requestBody']
    const body = { type: 'object', required: ['step'], additionalProperties: false }
    const schema = expect.objectContaining(body) as unknown
    expect(requestBody).toMatchObject({ required: true, content: { 'application/json': { schema } } })
    expect(JSON.stringify(requestBody)).not.toContain('"run":')
    const ids = Object.values(paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    )
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('resource paths', () => {
  it('start a run and show it', async () => {
    expect(await post('/runs', { text: 'name: x', inputs: { n: 1 } })).toEqual({ ok: true, run: RUN })
    expect(last()).toEqual(['start', { text: 'name: x', file: 'workflow.yaml', inputs: { n: 1 } }])
    expect(await json('/runs/r1')).toMatchObject({ ok: true, run: RUN, text: 'name: hello' })
  })

  it('keep workflows, and start one of them', async () => {
    expect(await json('/workflows')).toMatchObject({ ok: true, workflows: [{ name: 'hello' }] })
    expect(await post('/workflows', { text: 'name: hello' })).toMatchObject({ ok: true, name: 'hello' })
    expect(await json('/workflows/hello')).toMatchObject({ text: 'name: hello' })
    expect(await json('/workflows/hello', { method: 'DELETE' })).toEqual({ ok: true })
    expect(last()).toEqual(['remove', 'hello'])
    await post('/runs', { workflow: 'hello' })
    expect(last()).toEqual(['start', { text: 'name: hello', file: 'hello.yaml', inputs: {} }])
  })

  it('list runs a page at a time, numbers of the query as numbers', async () => {
    expect(await json('/runs?state=failed&limit=2&cursor=x')).toEqual({
      ok: true,
      runs: [RUN],
      cursor: 'next',
    })
    expect(last()).toEqual(['list', { state: 'failed', limit: 2, cursor: 'x' }])
  })

  it('cancel without a body, retry and approve with one', async () => {
    expect(await post('/runs/r1/cancel')).toEqual({ ok: true, run: RUN })
    await post('/runs/r1/retry', { failed: true })
    expect(last()).toEqual(['repeat', 'r1', { failed: true }])
    await post('/runs/r1/approve', { step: 'ship', approved: false, comment: 'no' })
    expect(last()).toEqual(['decide', 'r1', 'ship', { approved: false, comment: 'no' }])
  })

  it('list artifacts and read the log of one combination of a matrix', async () => {
    expect(await json('/runs/r1/artifacts')).toMatchObject({ artifacts: [{ id: 'a1' }] })
    await json('/runs/r1/steps/test%5B2%5D/log?offset=7&attempt=2')
    expect(last()).toEqual(['log', 'r1', 'test[2]', { offset: 7, attempt: 2, wait: 0 }])
  })

  it('say what is wrong with a request: a field, one given twice, one unknown, a method', async () => {
    const error = async (path: string, init?: RequestInit) => {
      const answer = await call(path, init)
      const { error } = (await answer.json()) as { error: { message: string } }
      return [answer.status, error.message]
    }
    expect(await error('/runs?limit=many')).toEqual([422, expect.stringContaining('"limit"')])
    expect(await error('/runs?limit=1&limit=2')).toEqual([422, '"limit" is given 2 times. Give it once.'])
    expect(await error('/runs?__proto__=1')).toEqual([422, expect.stringContaining('__proto__')])
    expect(await error('/runs', { method: 'DELETE' })).toEqual([405, '/runs takes GET, POST.'])
    const twice = { method: 'POST', body: '{"run":"r2"}', headers: { 'content-type': 'application/json' } }
    expect(await error('/runs/r1/cancel', twice)).toEqual([
      422,
      '"run" is in the path already. Leave it out.',
    ])
    expect(await error('/runs/r2')).toEqual([404, 'You have no run "r2".'])
  })

  it('ask for a proof, and take none of another page', async () => {
    expect((await fetch(`${doors.url}/runs`)).status).toBe(401)
    expect((await call('/runs', { headers: { origin: 'https://evil.example' } })).status).toBe(403)
  })

  it('leave a browser that navigates to the face, and tell caches that two things live here', async () => {
    const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
    const page = await call('/runs/r1', { headers: { accept } })
    expect(await page.text()).toBe('<main></main>')
    const object = await call('/runs/r1')
    expect([page.headers.get('vary'), object.headers.get('vary')]).toEqual(['Accept', 'Accept'])
    expect(object.headers.get('cache-control')).toBe('no-store')
  })
})

describe('the events of a run', () => {
  it('come as server-sent events until the run has ended', async () => {
    const answer = await call('/runs/r1/events?cursor=1')
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    const [step, run] = EVENTS.slice(1).map((event) => JSON.stringify(event))
    expect(await answer.text()).toBe(
      `id: 2\nevent: step\ndata: ${step}\n\nid: 3\nevent: run\ndata: ${run}\n\nevent: end\ndata: {"cursor":3}\n\n`,
    )
  })

  it('go on behind the last event that a client has, and stop it when nothing is left', async () => {
    const after = await call('/runs/r1/events', { headers: { 'last-event-id': '2' } })
    expect((await after.text()).match(/^id: .*/gm)).toEqual(['id: 3'])
    expect((await call('/runs/r1/events', { headers: { 'last-event-id': '3' } })).status).toBe(204)
  })

  it('are a status when there is no such run', async () => {
    expect((await call('/runs/r2/events')).status).toBe(404)
  })

  it('end with the client that hangs up, and with the sign-in', async () => {
    const left = new AbortController()
    const hung = await call('/runs/live/events', { signal: left.signal })
    await hung.body?.getReader().read()
    left.abort()
    await expect.poll(() => ended).toEqual(['cancelled'])
    const revoked = await call('/runs/live/events')
    doors.revoke()
    expect(await revoked.text()).toContain('event: fault\ndata: {"code":"unauthenticated"')
  })

  it('end with the sign-in when they come line by line, too', async () => {
    const headers = { 'content-type': 'application/json', accept: 'application/x-ndjson' }
    const answer = await call('/api/ops/run.watch', { method: 'POST', body: '{"run":"live"}', headers })
    doors.revoke()
    expect((await answer.text()).trim().split('\n').at(-1)).toContain('"code":"unauthenticated"')
  })

  it('are an op on this door too, line by line', async () => {
    const init = { method: 'POST', body: '{"run":"r1"}' }
    const headers = { 'content-type': 'application/json', accept: 'application/x-ndjson' }
    const lines = (await (await call('/api/ops/run.watch', { ...init, headers })).text()).trim().split('\n')
    expect(lines.map((line) => Object.keys(JSON.parse(line) as object)[0])).toEqual([
      'event',
      'event',
      'event',
      'ok',
    ])
    expect(findOp('run.watch')?.doors).toContain('rest')
  })
})
