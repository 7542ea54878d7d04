// How a server starts and ends: what it takes, what it says where, what every answer carries.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, connect as dial } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT, run } from '#e2e/stage/command.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'

const MAIN = [process.execPath, join(ROOT, 'server/main.ts')]
let folder = ''
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'start-'))))
afterAll(() => rm(folder, { recursive: true, force: true }))

const start = (env: Record<string, string>) =>
  run(MAIN, { env: { CHISPART_DATA: folder, PORT: '0', ...env } })

describe('a configuration that does not fit', () => {
  it.each([
    ['PORT', 'http'],
    ['PORT', '70000'],
    ['CHISPART_LOG_LEVEL', 'loud'],
    ['CHISPART_OWNER_TOKEN', 'too-short'],
    ['JWT_SECRET', 'short'],
    ['POSTGRES_URL', 'mysql://localhost/x'],
    ['CHISPART_DATTA', '/tmp/x'],
    ['CHISPART_ALLOWLIST', '/nowhere/allowlist.json'],
  ])('is said in a sentence with exit 78, and the value is not repeated: %s=%s', async (name, value) => {
    const { code, stdout, stderr } = await start({ [name]: value })
    expect([code, stdout]).toEqual([78, ''])
    expect(stderr).toContain(name)
    if (name === 'CHISPART_OWNER_TOKEN' || name === 'JWT_SECRET') expect(stderr).not.toContain(value)
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it('is said with all its problems at once', async () => {
    const { code, stderr } = await start({ PORT: 'x', CHISPART_OWNER_TOKEN: 'short', CHISPART_PORT: '1' })
    expect(code).toBe(78)
    for (const name of ['PORT', 'CHISPART_OWNER_TOKEN', 'CHISPART_PORT'])
      expect(stderr).toContain(`  ${name} `)
  })

  it('is a secret everybody knows, in production', async () => {
    const { code, stderr } = await start({ JWT_SECRET: 'devsecret', NODE_ENV: 'production' })
    expect([code, stderr]).toEqual([78, expect.stringContaining('JWT_SECRET')])
  })
})

describe('a port that is in use', () => {
  it('is said with what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const { code, stderr } = await start({ PORT: String(port) })
    other.close()
    expect(code).toBe(69)
    expect(stderr).toMatch(/in use; set PORT to another, or to 0 for any/)
  })
})

describe('a server that runs', () => {
  let server: StagedServer
  const said: string[] = []

  beforeAll(async () => {
    server = await startServer({ env: { CHISPART_LOG_LEVEL: 'debug' } })
    server.process.stdout?.on('data', (bytes: Buffer) => said.push(bytes.toString()))
  })
  afterAll(() => server.close())

  it('has said one line on stdout, and JSON lines on stderr', async () => {
    expect(server.link).toMatch(/^http:\/\/localhost:\d+\/#link=[\w-]+$/)
    await fetch(`${server.url}/healthz`)
    expect(said).toEqual([])
    expect(server.log.length).toBeGreaterThan(0)
    for (const line of server.log)
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number) as number })
  })

  it('answers /healthz and /readyz', async () => {
    expect(await (await fetch(`${server.url}/healthz`)).json()).toEqual({ ok: true })
    const ready = await (await fetch(`${server.url}/readyz`)).json()
    expect(ready).toMatchObject({ ok: true, database: true })
  })

  it('is not disturbed by a second one on its data, which says whose they are', async () => {
    const { code, stderr } = await run(MAIN, { env: { CHISPART_DATA: server.dataDir, PORT: '0' } })
    expect([code, stderr]).toEqual([73, expect.stringContaining(`process ${server.process.pid}`)])
    expect(await (await fetch(`${server.url}/readyz`)).json()).toMatchObject({ database: true })
  })

  it.each([
    ['GET', '/', {}],
    ['GET', '/devices', {}],
    ['GET', '/manifest.webmanifest', {}],
    ['GET', '/assets/nothing.js', {}],
    ['GET', '/healthz', {}],
    ['GET', '/readyz', {}],
    ['GET', '/rpc', {}],
    ['GET', '/api/openapi.json', {}],
    ['GET', '/api/docs', {}],
    ['GET', '/api/nothing', {}],
    ['GET', '/auth/session', {}],
    ['GET', '/auth/nothing', {}],
    ['POST', '/auth/link', {}],
    ['POST', '/auth/link', { body: 'x'.repeat(10_000) }],
    ['GET', '/api/ops/exec', {}],
    ['POST', '/api/ops/exec', {}],
    ['POST', '/api/ops/exec', { body: '{', headers: { 'content-type': 'application/json' } }],
    ['POST', '/api/ops/exec', { headers: { origin: 'http://evil.example' } }],
    ['OPTIONS', '/api/ops/exec', {}],
    ['DELETE', '/', {}],
    ['GET', '/%00', {}],
    ['GET', '/..%2f..%2fpackage.json', {}],
  ])('carries the security headers on every answer: %s %s', async (method, path, init) => {
    const answer = await fetch(server.url + path, { method, ...init })
    const csp = answer.headers.get('content-security-policy') ?? ''
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "base-uri 'none'",
      "object-src 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ])
      expect(csp.split('; ')).toContain(rule)
    expect(csp).not.toMatch(/script-src[^;]*unsafe/)
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    expect(answer.headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    expect(answer.status).not.toBe(500)
    const text = await answer.text()
    expect(text).not.toContain('"name": "chispart"')
    expect(text).not.toMatch(/node_modules|\.ts:\d/)
  })

  it('gives a cookie that no script reads and no other site sends', async () => {
    const code = new URL(server.link).hash.slice('#link='.length)
    const init = { method: 'POST', headers: { origin: server.url }, body: JSON.stringify({ code }) }
    const answer = await fetch(`${server.url}/auth/link`, init)
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^chispart=[\w-]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/),
    ])
    expect((await fetch(`${server.url}/auth/link`, init)).status).toBe(401)
  })

  it('answers who offers to speak HTTP/2 in HTTP/1.1, instead of leaving them waiting', async () => {
    const { hostname, port } = new URL(server.url)
    const socket = dial(Number(port), hostname)
    socket.write(
      `GET /healthz HTTP/1.1\r\nhost: ${hostname}:${port}\r\nconnection: upgrade, http2-settings\r\n`,
    )
    socket.write('upgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n')
    const [bytes] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()
    expect(bytes.toString()).toMatch(/^HTTP\/1\.1 200 /)
  })

  // Two seconds on a machine that has nothing else to do. A busy one is slower in all alike.
  it(
    'ends cleanly at Ctrl-C and is ready again, each within a few times what its program takes to load',
    {
      retry: 2,
    },
    async () => {
      const before = performance.now()
      expect(await start({ PORT: 'http' })).toMatchObject({ code: 78 })
      const began = performance.now()
      const load = began - before
      expect(await server.stop('SIGINT')).toBe(0)
      const stopped = performance.now()
      const { port } = new URL(server.url)
      const { dataDir, ownerToken } = server
      server = await startServer({ dataDir, ownerToken, port: Number(port) })
      expect((stopped - began) / load).toBeLessThan(2)
      expect((performance.now() - stopped) / load).toBeLessThan(4)
      expect(await (await fetch(`${server.url}/readyz`)).json()).toMatchObject({ database: true })
    },
  )
})
