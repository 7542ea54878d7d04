import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { RunInfo } from '#dsl/powers/runs.ts'
import type { AuditEvent } from '#server/events/audit.ts'
import type { Delivery } from '#server/workflow/hooks.ts'
import { faultResponse } from './faults.ts'
import { webhookDoor } from './webhook.ts'

const SECRET = 'a-secret-of-forty-letters-that-nobody-knows'
const PUSH = { ref: 'refs/heads/main', repository: { full_name: 'acme/parity' } }
const sign = (body: string, secret = SECRET) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

function stage() {
  const delivered: Delivery[] = []
  const audited: AuditEvent[] = []
  const app = webhookDoor({
    secret: SECRET,
    apiUrl: 'https://api.github.com',
    hooks(delivery) {
      delivered.push(delivery)
      return Promise.resolve([{ id: 'r1', workflow: 'ci', number: 7, state: 'queued' } as RunInfo])
    },
    audit: { record: (event) => void audited.push(event), close: () => Promise.resolve() },
  })
  app.onError((error, c) => faultResponse(c, error))
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    app.request(path, { method: 'POST', body, headers: { 'x-hub-signature-256': sign(body), ...headers } })
  return { delivered, audited, post }
}

describe('the door for webhooks', () => {
  it('hands over what GitHub signed, and answers with the runs', async () => {
    const { delivered, audited, post } = stage()
    const headers = { 'x-github-event': 'push', 'x-github-delivery': 'd1' }
    const answer = await post('/hooks/github', JSON.stringify(PUSH), headers)
    expect(answer.status).toBe(202)
    expect(await answer.json()).toEqual({ ok: true, runs: [{ id: 'r1', workflow: 'ci', number: 7 }] })
    expect(delivered).toMatchObject([
      {
        happening: { type: 'github', event: 'push', ref: 'refs/heads/main', body: PUSH },
        id: 'd1',
        repo: 'https://github.com/acme/parity.git',
        branch: 'main',
      },
    ])
    expect(audited).toMatchObject([{ action: 'webhook', outcome: 'ok' }])
  })

  it('hands over what anybody signed under a name', async () => {
    const { delivered, post } = stage()
    await post('/hooks/deploy', '{"to":"test"}', { 'idempotency-key': 'k1' })
    expect(delivered).toEqual([
      { happening: { type: 'webhook', name: 'deploy', body: { to: 'test' } }, id: 'k1' },
    ])
  })

  const body = JSON.stringify(PUSH)
  it.each([
    ['no signature', { 'x-hub-signature-256': '' }],
    ['a signature of another secret', { 'x-hub-signature-256': sign(body, 'another') }],
    ['a signature of another body', { 'x-hub-signature-256': sign(`${body} `) }],
    ['the old kind of signature', { 'x-hub-signature-256': '', 'x-hub-signature': 'sha1=0' }],
  ])('answers 401 to %s, and starts nothing', async (_, headers) => {
    const { delivered, audited, post } = stage()
    const answer = await post('/hooks/github', body, { 'x-github-event': 'push', ...headers })
    expect(answer.status).toBe(401)
    expect(delivered).toEqual([])
    expect(audited).toMatchObject([{ action: 'webhook', outcome: 'unauthenticated' }])
  })

  it('is shut without a secret', async () => {
    const shut = webhookDoor({
      secret: undefined,
      apiUrl: '',
      hooks: () => Promise.reject(new Error('not to be called')),
      audit: { record: () => undefined, close: () => Promise.resolve() },
    })
    shut.onError((error, c) => faultResponse(c, error))
    const answer = await shut.request('/hooks/x', { method: 'POST', body: '{}' })
    expect([answer.status, await answer.text()]).toEqual([
      503,
      expect.stringContaining('CHISPART_WEBHOOK_SECRET'),
    ])
  })

  it('starts nothing for a pull request from a fork, and says so', async () => {
    const { delivered, post } = stage()
    const fork = JSON.stringify({
      action: 'opened',
      repository: PUSH.repository,
      pull_request: { head: { ref: 'x', repo: { full_name: 'evil/parity' } }, base: { ref: 'main' } },
    })
    const answer = await post('/hooks/github', fork, { 'x-github-event': 'pull_request' })
    expect(await answer.json()).toMatchObject({ runs: [], note: expect.stringContaining('fork') as string })
    expect(delivered).toEqual([])
  })

  it.each([
    ['/hooks/github', body, {}, 400],
    ['/hooks/github', '{', { 'x-github-event': 'push' }, 400],
    ['/hooks/deploy', '{}', { 'idempotency-key': 'x'.repeat(201) }, 400],
    ['/hooks/deploy', `"${'x'.repeat(1_048_576)}"`, {}, 413],
  ])('refuses what is no delivery at %s', async (path, text, headers, status) => {
    const { delivered, post } = stage()
    expect((await post(path, text, headers)).status).toBe(status)
    expect(delivered).toEqual([])
  })
})
