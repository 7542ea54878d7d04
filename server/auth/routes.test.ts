import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listAudit } from '#server/store/audit.ts'
import { addDevice } from '#server/store/devices.ts'
import { openTestStore } from '#server/store/test-store.ts'
import type { TestStore } from '#server/store/test-store.ts'
import { createAuth } from './auth.ts'
import type { Auth } from './auth.ts'
import { newDeviceToken } from './devices.ts'
import { guard } from './guard.ts'
import { newOwnerLink } from './owner-link.ts'
import { authRoutes } from './routes.ts'
import { hashSecret } from './secret.ts'

const HOST = 'localhost:3000'
const ORIGIN = `http://${HOST}`
const OWNER_TOKEN = 'o'.repeat(40)
let test: TestStore
let auth: Auth
const app = new Hono()

beforeAll(async () => {
  test = await openTestStore()
  auth = createAuth({
    store: test.store,
    key: new TextEncoder().encode('k'.repeat(48)),
    ownerToken: OWNER_TOKEN,
  })
  app.use(guard((host) => host === HOST))
  app.route('/auth', authRoutes(auth))
})
afterAll(() => test.close())

function post(path: string, body: object | string = {}, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return app.request(path, {
    method: 'POST',
    body: text,
    headers: { host: HOST, origin: ORIGIN, ...headers },
  })
}
const session = (headers: Record<string, string> = {}) =>
  app.request('/auth/session', { headers: { host: HOST, ...headers } })
const cookieOf = (answer: Response) => answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
const signIn = async () => cookieOf(await post('/auth/link', { code: await newOwnerLink(auth.store) }))

describe('signing in', () => {
  it('trades the one-time link for a cookie that no script and no other site can use, once', async () => {
    const code = await newOwnerLink(auth.store)
    const answer = await post('/auth/link', { code })
    expect(await answer.json()).toEqual({ user: { name: 'Owner', role: 'owner', plan: 'libre' } })
    expect(answer.headers.get('set-cookie')).toMatch(
      /^chispart=[\w-]{27}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/,
    )
    expect((await session({ cookie: cookieOf(answer) })).status).toBe(200)
    expect((await post('/auth/link', { code })).status).toBe(401)
  })

  it('sets a __Host- cookie for a page on https', async () => {
    const code = await newOwnerLink(auth.store)
    const answer = await post('/auth/link', { code }, { origin: `https://${HOST}` })
    expect(answer.headers.get('set-cookie')).toMatch(/^__Host-chispart=.*; Secure$/)
    expect((await session({ cookie: cookieOf(answer) })).status).toBe(200)
  })

  it('keeps a link whole when a foreign page tries to use it', async () => {
    const code = await newOwnerLink(auth.store)
    expect((await post('/auth/link', { code }, { origin: 'http://evil.example' })).status).toBe(403)
    expect((await post('/auth/link', { code })).status).toBe(200)
  })

  it('tells a stranger so, and makes a browser forget a cookie that proves nothing', async () => {
    const stranger = await session()
    expect(stranger.status).toBe(401)
    expect(await stranger.json()).toMatchObject({
      ok: false,
      error: { code: 'unauthenticated', data: { reason: 'missing' } },
    })
    const stale = await session({ cookie: 'chispart=old' })
    expect(stale.status).toBe(401)
    expect(stale.headers.getSetCookie().join()).toMatch(/chispart=; Max-Age=0.*__Host-chispart=; Max-Age=0/)
  })

  it('gives a paired browser its device token as a cookie', async () => {
    const token = newDeviceToken()
    const row = { id: 'd1', userId: 'owner', name: 'Pixel', kind: 'android', state: 'active' } as const
    await addDevice(auth.store, { ...row, hash: hashSecret(token) })
    const answer = await post('/auth/device', { token })
    expect(answer.status).toBe(200)
    expect(await auth.authenticate({ cookie: cookieOf(answer) })).toMatchObject({
      via: 'device',
      credential: 'd1',
    })
    expect((await post('/auth/device', { token: newDeviceToken() })).status).toBe(401)
  })
})

describe('signing out', () => {
  it('ends the session for good, tells who holds its sockets, and leaves others alone', async () => {
    const [cookie, other] = [await signIn(), await signIn()]
    const mine = await auth.authenticate({ cookie })
    const ended: string[] = []
    const stop = auth.onRevoked((credential) => ended.push(credential))
    expect((await post('/auth/logout', {}, { cookie })).status).toBe(200)
    stop()
    expect(ended).toEqual([mine?.credential])
    expect((await session({ cookie })).status).toBe(401)
    expect((await session({ cookie: other })).status).toBe(200)
  })

  it('ends a device and a signed token the same way, and not the owner token', async () => {
    const device = { authorization: `Bearer ${newDeviceToken()}` }
    const row = { id: 'd2', userId: 'owner', name: 'Phone', kind: 'web', state: 'active' } as const
    await addDevice(auth.store, { ...row, hash: hashSecret(device.authorization.slice(7)) })
    const signed = { authorization: `Bearer ${(await auth.tokens.issue('owner')).token}` }
    for (const headers of [device, signed]) {
      expect((await session(headers)).status).toBe(200)
      expect((await post('/auth/logout', {}, headers)).status).toBe(200)
      expect((await session(headers)).status).toBe(401)
    }
    const owner = { authorization: `Bearer ${OWNER_TOKEN}` }
    expect((await post('/auth/logout', {}, owner)).status).toBe(409)
    expect((await session(owner)).status).toBe(200)
  })
})

describe('tokens for programs', () => {
  it('makes one for a person who is signed in, which signs in alone', async () => {
    const answer = await post('/auth/token', { ttl: 60 }, { cookie: await signIn() })
    const { token, expiresAt } = (await answer.json()) as { token: string; expiresAt: string }
    expect(Date.parse(expiresAt) - Date.now()).toBeLessThanOrEqual(60_000)
    expect((await session({ authorization: `Bearer ${token}` })).status).toBe(200)
  })

  it('makes none for a stranger, for another token or a device, for a foreign page, or for longer than a month', async () => {
    expect((await post('/auth/token')).status).toBe(401)
    const { token } = await auth.tokens.issue('owner')
    expect((await post('/auth/token', {}, { authorization: `Bearer ${token}` })).status).toBe(403)
    const device = newDeviceToken()
    const row = { id: 'd3', userId: 'owner', name: 'Lost', kind: 'ios', state: 'active' } as const
    await addDevice(auth.store, { ...row, hash: hashSecret(device) })
    expect((await post('/auth/token', {}, { authorization: `Bearer ${device}` })).status).toBe(403)
    const cookie = await signIn()
    expect((await post('/auth/token', {}, { cookie, origin: 'http://localhost:8080' })).status).toBe(403)
    expect((await post('/auth/token', { ttl: 31 * 86_400 }, { cookie })).status).toBe(422)
  })
})

it('names what is wrong with a body, and reads none that is too large', async () => {
  expect((await post('/auth/link', '{')).status).toBe(400)
  expect((await post('/auth/link', { code: 'x', more: 1 })).status).toBe(422)
  expect((await post('/auth/link', { code: 'x'.repeat(5000) })).status).toBe(413)
})

it('writes every sign-in, good or bad, into the audit trail, without the code', async () => {
  const code = 'a-code-that-is-wrong'
  await post('/auth/link', { code })
  const rows = await listAudit(auth.store, 100)
  expect(rows[0]).toMatchObject({ action: 'auth.link', outcome: 'unauthenticated' })
  expect(rows.filter(({ outcome }) => outcome === 'ok').map(({ action }) => action)).toContain('auth.logout')
  expect(JSON.stringify(rows)).not.toContain(code)
})
