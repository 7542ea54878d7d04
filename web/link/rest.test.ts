// Requests against a real HTTP server.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rest } from './rest.ts'

const ANSWERS: Record<string, [number, string]> = {
  '/fine': [200, '{"ok":true,"n":1}'],
  '/api/ops/pair.confirm': [
    429,
    '{"ok":false,"error":{"code":"rate_limited","message":"Wait.","data":{"s":9}}}',
  ],
  '/page': [502, '<h1>Bad gateway</h1>'],
  '/out': [401, ''],
}
const server = createServer((request, response) => {
  const [status, body] = ANSWERS[request.url ?? ''] ?? [404, '']
  if (request.url === '/never') return
  response.writeHead(status, { 'content-type': 'application/json' }).end(body)
})
let base = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe('a request', () => {
  it('answers the JSON', async () => {
    expect(await rest(`${base}/fine`, { method: 'GET' })).toEqual({ ok: true, n: 1 })
  })
  it('rejects with the fault in the body, data and all', async () => {
    await expect(rest(`${base}/api/ops/pair.confirm`, { body: {} })).rejects.toMatchObject({
      code: 'rate_limited',
      data: { s: 9 },
    })
  })
  it('rejects with a fault of its own when a proxy answers', async () => {
    await expect(rest(`${base}/page`)).rejects.toMatchObject({ code: 'unavailable' })
    await expect(rest(`${base}/out`)).rejects.toMatchObject({ code: 'unauthenticated' })
  })
  it('gives up when nobody answers in time, and at once when it is cancelled', async () => {
    await expect(rest(`${base}/never`, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'unavailable' })
    const signal = AbortSignal.abort()
    await expect(rest(`${base}/never`, { signal })).rejects.toMatchObject({ code: 'cancelled' })
  })
  it('to a server that is not there is unavailable', async () => {
    await expect(rest('http://127.0.0.1:1/')).rejects.toMatchObject({ code: 'unavailable' })
  })
})
