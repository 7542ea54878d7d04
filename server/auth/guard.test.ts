import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { guard, judgeRequest } from './guard.ts'
import type { Refusal } from './guard.ts'

const HOST = 'localhost:3000'
const known = (host: string) => host === HOST

function judge(headers: Record<string, string>, method = 'GET', upgrade = false): number | undefined {
  const all: Record<string, string> = { host: HOST, ...headers }
  return judgeRequest(known, { method, upgrade, header: (name) => all[name] })?.status
}

describe('the guard', () => {
  it.each(['evil.example:3000', 'localhost:3001', 'localhost', 'localhost.evil.example', ''])(
    'does not answer to the name %j, which a rebound DNS record may carry',
    (host) => {
      expect(judge({ host })).toBe(421)
    },
  )

  it('knows its name in any case', () => {
    expect(judge({ host: 'LocalHost:3000' })).toBeUndefined()
  })

  it.each([
    'http://evil.example',
    'null',
    'http://localhost:3001',
    'http://localhost:3000.evil.example',
    'file://localhost:3000',
    '',
  ])('refuses a page of %j', (origin) => {
    expect(judge({ origin })).toBe(403)
    expect(judge({ origin }, 'GET', true)).toBe(403)
  })

  it('takes its own page, also when TLS ends at a proxy before it', () => {
    expect(judge({ origin: `http://${HOST}`, cookie: 'chispart=x' }, 'POST')).toBeUndefined()
    expect(judge({ origin: `https://${HOST}`, cookie: '__Host-chispart=x' }, 'GET', true)).toBeUndefined()
  })

  it('refuses a change by a cookie whose page is not told, and lets a program with a header pass', () => {
    expect(judge({ cookie: 'chispart=x' }, 'POST')).toBe(403)
    expect(judge({ cookie: 'chispart=x' }, 'GET', true)).toBe(403)
    expect(judge({ cookie: 'chispart=x' })).toBeUndefined()
    expect(judge({ authorization: 'Bearer x' }, 'POST')).toBeUndefined()
    expect(judge({ authorization: 'Bearer x' }, 'GET', true)).toBeUndefined()
  })

  it('lets another site link to it, and load nothing from it', () => {
    const link = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
    expect(judge({ 'sec-fetch-site': 'cross-site', ...link })).toBeUndefined()
    expect(judge({ 'sec-fetch-site': 'cross-site', ...link, 'sec-fetch-dest': 'iframe' })).toBe(403)
    expect(judge({ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' })).toBe(403)
    expect(judge({ 'sec-fetch-site': 'same-origin' })).toBeUndefined()
  })

  it('answers as a fault, tells who keeps the audit, and runs nothing behind it', async () => {
    const refusals: Refusal[] = []
    const app = new Hono()
    app.use(guard(known, (refusal) => refusals.push(refusal)))
    app.post('/', (context) => context.text('ran'))
    const origin = 'http://evil.example'
    const answer = await app.request('/', { method: 'POST', headers: { host: HOST, origin } })
    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({ ok: false, error: { code: 'forbidden' } })
    expect(refusals).toHaveLength(1)
    const own = await app.request('/', {
      method: 'POST',
      headers: { host: HOST, origin: `http://${HOST}` },
    })
    expect(await own.text()).toBe('ran')
  })
})
