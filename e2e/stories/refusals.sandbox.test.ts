// Everything that a server refuses: each a clear fault, the socket or at least the server unharmed, and a row in the
// audit trail that says why and holds no secret.
import { request } from 'node:http'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packFrame } from '#dsl/wire/frame.ts'
import { closed, connect, knock } from '#e2e/stage/client.ts'
import type { Answer, Client } from '#e2e/stage/client.ts'
import { openDatabase } from '#e2e/stage/database.ts'
import type { AuditRow, Database } from '#e2e/stage/database.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'

const JWT_SECRET = 'a-signing-secret-of-this-story-0123456789'
const SECRET = 'hunter2-is-my-secret'
let server: StagedServer
let database: Database
let owner: Client

beforeAll(async () => {
  server = await startServer({ env: { JWT_SECRET } })
  database = await openDatabase(server.dataDir)
  owner = await connect(server.url, server.ownerToken)
  expect(await owner.call('exec', { cmd: 'true' })).toMatchObject({ ok: true })
})
afterAll(async () => {
  await owner.close()
  await database.close()
  await server.close()
})

/** A row that says why. */
const refusal = (action: string, outcome: string, reason: RegExp) =>
  database.audit(
    (row) => row.action === action && row.outcome === outcome && reason.test(row.detail.reason ?? ''),
  )

const stillAnswers = async (client: Client) =>
  expect(await client.call('workspace.list')).toMatchObject({ ok: true })

interface Claims {
  readonly user?: string
  readonly audience?: string
  readonly expires?: string
  readonly secret?: string
}

async function token({ user, audience = 'chispart', expires = '5m', secret = JWT_SECRET }: Claims = {}) {
  const [known] = await database.sql<{ id: string }[]>`select id from users where role = 'owner'`
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256', typ: 'chispart+jwt' })
    .setSubject(user ?? known?.id ?? '')
    .setJti(crypto.randomUUID())
    .setIssuer('chispart')
    .setAudience(audience)
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(secret))
}

const bearer = (value: string) => ({ headers: { authorization: `Bearer ${value}` } })

describe('a proof that is none', () => {
  it.each([
    ['a missing one', async () => ({}), /Sign in/],
    ['a wrong one', async () => bearer('x'.repeat(40)), /not known/],
    ['an expired one', async () => bearer(await token({ expires: '-1s' })), /over/],
    ['one for another audience', async () => bearer(await token({ audience: 'other' })), /not valid here/],
    ['one that another key signed', async () => bearer(await token({ secret: 'y'.repeat(40) })), /not valid/],
    ['one of a user who is gone', async () => bearer(await token({ user: 'nobody' })), /not valid here/],
  ])('is refused with 4401 by /rpc: %s', async (_, handshake, reason) => {
    const refused = await knock(server.url, await handshake())
    expect(refused).toMatchObject({ code: 4401, reason: expect.stringMatching(reason) as string })
    await refusal('auth.ws', 'unauthenticated', reason)
  })

  it('is refused with 401 by REST', async () => {
    const headers = { 'content-type': 'application/json', ...bearer('x'.repeat(40)).headers }
    const answer = await fetch(`${server.url}/api/ops/workspace.list`, {
      method: 'POST',
      headers,
      body: '{}',
    })
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect(await answer.json()).toMatchObject({ ok: false, error: { code: 'unauthenticated' } })
    await refusal('auth.rest', 'unauthenticated', /not known/)
  })

  it('opens nothing as a link that was used or never made', async () => {
    const headers = { origin: server.url }
    const body = JSON.stringify({ code: SECRET })
    const answer = await fetch(`${server.url}/auth/link`, { method: 'POST', headers, body })
    expect(answer.status).toBe(401)
    await refusal('auth.link', 'unauthenticated', /used, or is over/)
  })

  it('that is right opens the door', async () => {
    const client = await connect(server.url, await token())
    await stillAnswers(client)
    await client.close()
  })
})

describe('a page or name that is not ours', () => {
  it.each(['http://evil.example', 'null', 'http://localhost:1', 'https://localhost.evil.example'])(
    'gets no socket: origin %s',
    async (origin) => {
      const handshake = { headers: { origin, authorization: `Bearer ${server.ownerToken}` } }
      expect(await knock(server.url, handshake)).toMatchObject({ status: 403 })
      await refusal('guard', 'forbidden', /another origin/)
    },
  )

  it.each(['evil.example', 'localhost', 'localhost:1', 'localhost.evil.example'])(
    'gets no answer but 421: host %s',
    async (host) => {
      const handshake = { headers: { host, authorization: `Bearer ${server.ownerToken}` } }
      expect(await knock(server.url, handshake)).toMatchObject({ status: 421 })
      const { status, text } = await rawGet(server.url, host)
      expect([status, JSON.parse(text)]).toMatchObject([421, { error: { code: 'forbidden' } }])
      await refusal('guard', 'forbidden', /does not answer to that name/)
    },
  )
})

describe('a frame that does not fit', () => {
  it.each([
    ['malformed JSON', `{"op":"exec","cmd":"${SECRET}`, 'malformed', /not JSON/],
    ['a list', '[1,2]', 'malformed', /one JSON object/],
    ['no frame of ours', '{"hello":1}', 'invalid', /A text frame is/],
    ['a credit of nothing', '{"stream":1,"credit":0}', 'invalid', /credit/],
  ])('is answered, and the socket goes on: %s', async (_, frame, code, reason) => {
    expect(await owner.ask(frame)).toMatchObject({ ok: false, error: { code } })
    await stillAnswers(owner)
    await refusal('rpc', code, reason)
  })

  it.each([
    ['an unknown op', '{"id":1,"op":"no.such"}', 'unknown', 'not_found', /no\.such/],
    ['an unknown field', '{"id":1,"op":"exec","comand":"ls"}', 'exec', 'invalid', /cmd|comand/],
    ['a wrong type', '{"id":1,"op":"exec","cmd":7}', 'exec', 'invalid', /cmd/],
  ])('is named with its place: %s', async (_, frame, action, code, reason) => {
    expect(await owner.ask(frame)).toMatchObject({ id: 1, ok: false, error: { code } })
    await refusal(action, code, reason)
    await stillAnswers(owner)
  })

  it.each([
    ['a text frame of 1 MiB and one byte', 'x'.repeat(1_048_577), 1009, 'too_large'],
    ['a text frame of 8 MiB', 'x'.repeat(8_388_608), 1009, 'too_large'],
    ['a binary frame of 64 KiB and one byte', packFrame(1, new Uint8Array(65_537)), 1009, 'too_large'],
    ['a binary frame without a stream', Buffer.of(1, 2), 1007, 'malformed'],
  ])('that breaks the limits ends its socket only: %s', async (_, frame, code, outcome) => {
    const client = await connect(server.url, server.ownerToken)
    const end = closed(client)
    client.socket.send(frame)
    expect((await end).code).toBe(code)
    await refusal('rpc', outcome, /./)
    await stillAnswers(owner)
  })

  it('and comes 20 000 times at once ends its socket with 4429, and nobody else waits', async () => {
    const client = await connect(server.url, server.ownerToken)
    const end = closed(client)
    for (let n = 0; n < 60_000; n++) client.socket.send('{"ping":1}')
    await stillAnswers(owner)
    expect((await end).code).toBe(4429)
    await refusal('rpc', 'rate_limited', /Too many frames/)
  })

  it('and comes again and again is not written down without end: its socket ends with 4429', async () => {
    const client = await connect(server.url, server.ownerToken)
    const end = closed(client)
    for (let n = 0; n < 5000; n++) client.socket.send('again and again')
    expect(await end).toMatchObject({ code: 4429, reason: expect.stringMatching(/do not fit/) as string })
    const rows = await refusal('rpc', 'malformed', /not JSON/)
    expect(rows.length).toBeLessThan(1000)
    await stillAnswers(owner)
  })

  it('is a call too many: 5000 at once are answered one by one, and the socket goes on', async () => {
    const client = await connect(server.url, server.ownerToken)
    const asked = Array.from({ length: 5000 }, () => client.call('workspace.list'))
    const codes = Map.groupBy((await Promise.all(asked)).map(codeOf), (code) => code)
    expect([...codes.keys()].sort()).toEqual(['ok', 'rate_limited'])
    await stillAnswers(client)
    await client.close()
  })
})

describe("somebody else's", () => {
  it('stream takes no byte and no word, and whoever tries is told', async () => {
    const { stream } = (await owner.call('pty.open', { cmd: 'cat' })) as unknown as { stream: number }
    const other = await connect(server.url, server.ownerToken)
    const told = other.news((frame) => frame['stream'] === stream)
    other.write(stream, 'stolen\n')
    expect(await told).toMatchObject({ stream, error: { code: 'not_found' } })
    const again = other.news((frame) => frame['stream'] === stream)
    other.send({ stream, close: true })
    expect(await again).toMatchObject({ stream, error: { code: 'not_found' } })
    await refusal('rpc', 'not_found', /stream/i)
    owner.write(stream, 'mine\n')
    expect(await owner.until(stream, 'mine')).not.toContain('stolen')
    await other.close()
  })

  it('workspace is not there, by name or id, over every door', async () => {
    await database.sql`insert into users (id, name, role, plan) values ('u2', 'Two', 'member', 'libre')`
    const two = await connect(server.url, await token({ user: 'u2' }))
    const { workspaces } = (await owner.call('workspace.list')) as unknown as { workspaces: { id: string }[] }
    const id = workspaces[0]?.id ?? ''
    expect(await two.call('workspace.list')).toMatchObject({ workspaces: [] })
    for (const [op, input] of [
      ['exec', { cmd: 'id' }],
      ['file.read', { path: 'x' }],
      ['pty.list', {}],
      ['workspace.stop', {}],
      ['workspace.remove', {}],
    ] as const) {
      const answer = await two.call(op, { ...input, workspace: id })
      expect(answer).toMatchObject({ ok: false, error: { code: 'not_found' } })
      await database.audit((row) => row.userId === 'u2' && row.action === op && row.outcome === 'not_found')
    }
    await two.close()
    await stillAnswers(owner)
  })
})

it('a look at the terminals of a stopped workspace does not start it, not even while it stops', async () => {
  const workspace = 'asleep'
  await owner.call('workspace.create', { name: workspace })
  const stopped = owner.call('workspace.stop', { workspace })
  const looks = Array.from({ length: 20 }, () => owner.call('pty.list', { workspace }))
  await stopped
  await Promise.all(looks)
  expect(await owner.call('pty.list', { workspace })).toMatchObject({
    ok: false,
    error: { code: 'conflict' },
  })
  const { workspaces } = await owner.call('workspace.list')
  expect(workspaces).toContainEqual(expect.objectContaining({ name: workspace, state: 'stopped' }))
  await owner.call('workspace.remove', { workspace })
})

describe('a path that leads out', () => {
  const links = 'ln -sfn /etc/passwd out; ln -sfn / outdir; ln -sfn /proc/1/root rootdir; true'

  it.each([
    ['file.read', { path: '../../etc/passwd' }],
    ['file.read', { path: '/etc/passwd' }],
    ['file.read', { path: '/repo/../../etc/passwd' }],
    ['file.read', { path: '/proc/self/environ' }],
    ['file.read', { path: 'out' }],
    ['file.read', { path: 'outdir/etc/passwd' }],
    ['file.list', { path: 'outdir/etc' }],
    ['file.write', { path: 'outdir/run/x', content: 'x' }],
    ['file.write', { path: 'out', content: 'x' }],
    ['file.mkdir', { path: '/opt/chispart/x' }],
    ['file.move', { from: 'out', to: 'outdir/dev/x' }],
    ['file.remove', { path: 'outdir/run/chispart/host.sock' }],
    ['file.stat', { path: '/run/chispart/host.sock' }],
    ['exec', { cmd: 'pwd', cwd: '../..' }],
    ['exec', { cmd: 'pwd', cwd: 'outdir' }],
    ['git.status', { repo: '/etc' }],
    ['pty.open', { cwd: '/proc' }],
  ])('is denied: %s %j', async (op, input) => {
    await owner.call('exec', { cmd: links })
    expect(await owner.call(op, input)).toMatchObject({ ok: false, error: { code: 'denied' } })
    await refusal(op, 'denied', /outside the workspace/)
  })

  it('is denied to a link that changes while it is read: 300 reads show nothing of outside', async () => {
    await owner.call('file.write', { path: 'in.txt', content: 'inside' })
    const swap = 'while :; do ln -sfn in.txt race; ln -sfn /etc/passwd race; done'
    const racing = owner.call('exec', { cmd: swap, timeout: 10_000 })
    const answers: Answer[] = []
    while (answers.length < 300) answers.push(await owner.call('file.read', { path: 'race' }))
    const seen = new Set(answers.map((answer) => answer['content'] ?? codeOf(answer)))
    expect([...seen].filter((what) => !['inside', 'denied', 'not_found'].includes(String(what)))).toEqual([])
    expect(seen.size).toBeGreaterThan(1)
    await owner.call('exec', { cmd: 'pkill -f "ln -sfn"; true' })
    await racing
  })
})

describe('the sixth try of a pairing code', () => {
  it('is refused even when it is right', async () => {
    const { code } = (await owner.call('pair.init', { device: 'web', nonce: 'six' })) as unknown as {
      code: string
    }
    const wrong = code === '000000' ? '000001' : '000000'
    for (let n = 0; n < 5; n++) expect(await confirm(wrong)).toBe('denied')
    expect(await confirm(code)).toBe('rate_limited')
    expect(await confirm(code)).toBe('rate_limited')
    await refusal('pair.confirm', 'denied', /wrong, used or over/)
    await refusal('pair.confirm', 'rate_limited', /Too many wrong codes/)
    const rows = await database.audit(({ action }) => action === 'pair.confirm')
    expect(JSON.stringify(rows)).not.toContain(code)
  })

  /** As a stranger does: by REST, without a proof. */
  async function confirm(code: string): Promise<string> {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ code })
    const answer = await fetch(`${server.url}/api/ops/pair.confirm`, { method: 'POST', headers, body })
    return codeOf((await answer.json()) as Record<string, unknown>)
  }
})

describe('the audit trail', () => {
  it('and the log hold no secret: no token, no cookie, no code, no input', async () => {
    const cookie = await signIn()
    const rows = await database.sql<AuditRow[]>`select * from audit`
    const kept = JSON.stringify(rows) + server.log.join('\n')
    for (const secret of [
      SECRET,
      server.ownerToken,
      JWT_SECRET,
      cookie.split('=')[1] ?? '',
      new URL(server.link).hash,
    ])
      expect([secret, kept.includes(secret)]).toEqual([secret, false])
    expect(kept).not.toMatch(/eyJ[\w-]+\.[\w-]+/)
  })

  async function signIn(): Promise<string> {
    const body = JSON.stringify({ code: new URL(server.link).hash.slice('#link='.length) })
    const answer = await fetch(`${server.url}/auth/link`, {
      method: 'POST',
      headers: { origin: server.url },
      body,
    })
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    await refusal('auth.link', 'ok', /^$/)
    return cookie
  }
})

function codeOf(answer: Record<string, unknown>): string {
  return (answer['error'] as { code: string } | undefined)?.code ?? 'ok'
}

/** fetch() sets Host itself. */
function rawGet(url: string, host: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/healthz`, { headers: { host } }, (response) => {
      let text = ''
      response.on('data', (bytes: Buffer) => (text += bytes.toString()))
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    asked.once('error', reject)
    asked.end()
  })
}
