// Hosts that want a credential, attacked: whatever a sandbox asks, the credential goes to its host and paths and nowhere else,
// and is in nothing that comes back.
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { connect, createServer } from 'node:net'
import type { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Credential } from '#server/vault/credentials.ts'
import { openAuthority } from './authority.ts'
import type { Authority } from './authority.ts'
import { createKeyedHosts } from './keyed-hosts.ts'
import { makeCertificate } from './test-certificate.ts'
import { listening, openStage, portOf, readAll } from './test-stage.ts'
import type { Stage, StageOptions } from './test-stage.ts'

const HOST = 'npm.test'
const SECRET = 'npm_a-token-that-nobody-inside-may-see'
const BEARER = `Bearer ${SECRET}`
const LEAKS = new RegExp(`${SECRET}|${Buffer.from(SECRET).toString('base64')}|Bearer`)
const CREDENTIAL: Credential = {
  address: `https://${HOST}/team/`,
  path: '/team/',
  write: false,
  secret: SECRET,
  username: null,
}
const certificate = makeCertificate(HOST, 'other.test')

interface Heard {
  readonly line: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const heard: Heard[] = []
let folder: string
let authority: Authority
let host: Server
let stage: Stage
let answer: (response: ServerResponse) => void

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyed-'))
  authority = await openAuthority(folder)
  host = await listening(
    createHttps(certificate, (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const line = `${request.method} ${request.url}`
        heard.push({ line, headers: request.headers, body: Buffer.concat(chunks).toString() })
        answer(response)
      })
    }),
  )
})
afterAll(async () => {
  host.close()
  await rm(folder, { recursive: true })
})
afterEach(async () => {
  heard.length = 0
  await stage.close()
})

interface Options extends StageOptions {
  readonly credential?: Partial<Credential>
  /** PEM: whom the server trusts. */
  readonly trusts?: readonly string[]
}

async function open({ credential, trusts = [certificate.cert], ...options }: Options = {}): Promise<void> {
  answer = (response) => void response.end('a package')
  const kept: Record<string, Credential[]> = { w1: [{ ...CREDENTIAL, ...credential }] }
  const keyed = createKeyedHosts({
    credentials: {
      find: (workspace, at) => Promise.resolve(at === `${HOST}:443` ? (kept[workspace] ?? []) : []),
    },
    authority,
    trusted: trusts,
  })
  stage = await openStage({ host, keyed, allow: [HOST, 'other.test'], ...options })
}

/** TLS in a tunnel of the sandbox. */
async function tunnel(name = HOST, workspace?: string, servername = name): Promise<TLSSocket> {
  const socket = await stage.enter(workspace)
  socket.write(`CONNECT ${name}:443 HTTP/1.1\r\nHost: ${name}:443\r\n\r\n`)
  await once(socket, 'data')
  const secure = connectTls({ socket, servername, ca: [authority.cert, certificate.cert] })
  secure.on('error', () => undefined)
  await once(secure, 'secureConnect')
  return secure
}

/** All that comes back for it. */
async function say(text: string, name?: string, workspace?: string): Promise<string> {
  const secure = await tunnel(name, workspace)
  secure.write(text, 'latin1')
  return readAll(secure)
}

const get = (path: string, more = '', name = HOST, workspace?: string) =>
  say(`GET ${path} HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n${more}\r\n`, name, workspace)

/** Nothing was asked in the server's name, and the client, the audit and the run hear why. */
async function expectRefusal(said: string, reason: string): Promise<void> {
  expect(said).toContain(`X-Chispart-Egress: denied; reason=${reason}\r\n`)
  expect(await stage.audited(({ outcome }) => outcome === 'denied')).toMatchObject({
    action: 'egress.registry',
    reason: expect.stringMatching(`^${reason}: `) as string,
  })
  expect(stage.decisions.at(-1)).toMatchObject({ kind: 'registry', outcome: 'denied', reason })
  expect(heard).toEqual([])
}

describe('what a workspace asks of a host for which it has a credential', () => {
  it('is asked with it, and audited; it sees nothing of it', async () => {
    await open()
    answer = (response) => void response.setHeader('etag', '"1"').end('a package')
    const said = await get('/team/@acme%2fwidget?write=true')
    expect(said).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n/)
    expect(said).toContain('a package')
    expect(said).toContain('etag: "1"\r\n')
    expect(heard).toMatchObject([
      { line: 'GET /team/@acme%2fwidget?write=true', headers: { authorization: BEARER, host: HOST } },
    ])
    const end = await stage.audited(({ action }) => action === 'egress.end')
    expect(end).toMatchObject({ received: 9, target: `https://${HOST}/team/@acme%2fwidget` })
    expect(stage.events.slice(0, 2)).toMatchObject([
      { action: 'egress.connect', outcome: 'ok', rule: HOST },
      { action: 'egress.registry', outcome: 'ok', rule: CREDENTIAL.address },
    ])
    expect(stage.decisions[1]).toEqual({
      ...{ workspace: 'w1', kind: 'registry', outcome: 'allowed' },
      ...{ target: CREDENTIAL.address, rule: CREDENTIAL.address },
    })
    expect(JSON.stringify([stage.events, stage.decisions]) + said).not.toMatch(LEAKS)
    expect(stage.egress.carried('w1').received).toBe(9)
  })

  it('takes one tunnel for many requests, each judged by itself', async () => {
    await open()
    const secure = await tunnel()
    const one = (path: string, more: string) => `GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\n${more}\r\n`
    secure.write(one('/team/a', '') + one('/public/b', '') + one('/team', 'Connection: close\r\n'))
    expect((await readAll(secure)).match(/ 200 OK/g)).toHaveLength(3)
    expect(heard.map(({ line, headers }) => [line, headers.authorization])).toEqual([
      ['GET /team/a', BEARER],
      ['GET /public/b', undefined],
      ['GET /team', BEARER],
    ])
  })

  it('also comes through a stream that is no socket, as that of a container', async () => {
    await open()
    answer = (response) => void response.end('x'.repeat(200_000))
    const door = await listening(
      createServer({ allowHalfOpen: true }, (socket) => {
        stage.egress.accept('w1', Duplex.from({ readable: socket, writable: socket }))
      }),
    )
    const socket = connect({ port: portOf(door), host: '127.0.0.1' })
    socket.write(`CONNECT ${HOST}:443 HTTP/1.1\r\nHost: ${HOST}:443\r\n\r\n`)
    await once(socket, 'data')
    const secure = connectTls({ socket, servername: HOST, ca: authority.cert })
    await once(secure, 'secureConnect')
    secure.write(`GET /team/x HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`)
    expect((await readAll(secure)).length).toBeGreaterThan(200_000)
    expect(heard[0]?.headers.authorization).toBe(BEARER)
    door.close()
  })

  it.each([
    ['PUT /team/widget', 'Content-Length: 4\r\n\r\nbody'],
    ['POST /team/widget', 'Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n'],
  ])('may change something when the credential says so: %s', async (line, body) => {
    await open({ credential: { write: true } })
    await say(`${line} HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n${body}`)
    expect(heard).toMatchObject([{ line, body: 'body', headers: { authorization: BEARER } }])
  })

  it.each(['/team/-/npm/v1/security/advisories/bulk', '/team/app.git/git-upload-pack'])(
    'may say what it wants to read in a body: %s',
    async (path) => {
      await open()
      await say(`POST ${path} HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`)
      expect(heard).toMatchObject([{ line: `POST ${path}`, body: '{}' }])
    },
  )

  it.each([
    'PUT /team/x',
    'DELETE /team/x',
    'PATCH /team/x',
    'POST /team/x',
    'POST /team/app.git/git-receive-pack',
  ])('changes nothing otherwise: %s', async (line) => {
    await open()
    const said = await say(`${line} HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 0\r\n\r\n`)
    await expectRefusal(said, 'write')
  })
})

describe('git over HTTPS', () => {
  const asked = async (path: string) => {
    await get(path)
    return heard.at(-1)?.headers.authorization
  }
  const basic = (user: string) => `Basic ${Buffer.from(`${user}:${SECRET}`).toString('base64')}`

  it('is asked with a token as the password of any user, because git hosts take no Bearer', async () => {
    await open()
    expect(await asked('/team/app.git/info/refs?service=git-upload-pack')).toBe(basic('x-access-token'))
    expect(await asked('/team/app.git/HEAD')).toBe(BEARER)
    await stage.close()
    await open({ credential: { username: 'me' } })
    expect(await asked('/team/app.git/info/refs?service=git-receive-pack')).toBe(basic('me'))
  })

  it('repeats that form of it to nobody either', async () => {
    await open()
    answer = (response) => void response.end(basic('x-access-token'))
    expect(await get('/team/app.git/info/refs?service=git-upload-pack')).not.toContain(
      basic('x-access-token').slice(6),
    )
  })
})

describe('the credential goes to no path that could be read as another', () => {
  it.each([
    '/team/../admin',
    '/team/./../admin',
    '/team/..',
    '/team/%2e%2e/admin',
    '/team/%2E./admin',
    '/team/..%2fadmin',
    '/team/%2e%2e%2fadmin',
    '/team/%252e%252e%252fadmin',
    '/team/%25252e%25252e/admin',
    '/team/%2525252525252e/admin',
    '/team/..;/admin',
    '/team/..%3bx/admin',
    '/team/..\\admin',
    '/team/%5c..%5cadmin',
    '/team/%c0%ae%c0%ae/admin',
    '/team/%ef%bc%8e%ef%bc%8e/admin',
    '/team/%u002e%u002e/admin',
    '/team/%00/../admin',
    '/team/%0d%0aX-Evil:1',
    '/team/%zz',
    '//npm.test/team/x',
    '/team/x#/../../admin',
    'https://npm.test/team/x',
    'http://other.test/team/x',
    '*',
  ])('%s', async (path) => {
    await open()
    const method = path === '*' ? 'OPTIONS' : 'GET'
    const said = await say(`${method} ${path} HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`)
    await expectRefusal(said, 'path')
  })

  it.each(['/teamx/y', '/TEAM/y', '/', '/other/team/y', '/%74eam/y'])(
    'nor outside of its own: %s',
    async (path) => {
      await open()
      await get(path)
      expect(heard).toHaveLength(1)
      expect(heard[0]?.headers.authorization).toBeUndefined()
    },
  )
})

describe('the credential goes to nobody else', () => {
  it('of another workspace, whose TLS is its own', async () => {
    await open()
    const secure = await tunnel(HOST, 'w2')
    expect(secure.getPeerX509Certificate()?.raw).toEqual(new X509Certificate(certificate.cert).raw)
    secure.write(`GET /team/x HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`)
    await readAll(secure)
    expect(heard[0]?.headers.authorization).toBeUndefined()
  })

  it('nor to another host, whose TLS is its own', async () => {
    await open()
    await get('/team/x', '', 'other.test')
    expect(heard[0]?.headers.authorization).toBeUndefined()
    expect(stage.events[0]).toMatchObject({ action: 'egress.connect', rule: 'other.test' })
  })

  it('nor by a Host of another, which is refused', async () => {
    await open()
    for (const hosts of ['Host: other.test', `Host: ${HOST}\r\nHost: other.test`, `Host: ${HOST}:80`])
      await expectRefusal(await say(`GET /team/x HTTP/1.1\r\n${hosts}\r\n\r\n`), 'host-header')
  })

  it('nor in a tunnel whose TLS asks for another', async () => {
    await open()
    const socket = await stage.enter()
    socket.write(`CONNECT ${HOST}:443 HTTP/1.1\r\nHost: ${HOST}:443\r\n\r\n`)
    await once(socket, 'data')
    const secure = connectTls({ socket, servername: 'other.test', rejectUnauthorized: false })
    await expect(once(secure, 'secureConnect')).rejects.toThrow(/access denied/)
    expect(await stage.audited(({ outcome }) => outcome === 'denied')).toMatchObject({
      reason: expect.stringMatching(/^sni: /) as string,
    })
  })

  it('nor without TLS', async () => {
    await open({ allow: [`${HOST}:80`, HOST], names: { [HOST]: ['93.184.215.14'] } })
    const socket = await stage.enter()
    socket.write(`GET http://${HOST}/team/x HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`)
    await readAll(socket)
    expect(heard).toEqual([])
  })

  it('nor to a host that shows a certificate of somebody else', async () => {
    await open({ trusts: [makeCertificate(HOST).cert] })
    expect(await get('/team/x')).toContain('failed; reason=unreachable')
    expect(heard).toEqual([])
  })

  it('nor to a host that the list does not have', async () => {
    await open({ allow: ['other.test'] })
    const socket = await stage.enter()
    socket.write(`CONNECT ${HOST}:443 HTTP/1.1\r\nHost: ${HOST}:443\r\n\r\n`)
    expect(await readAll(socket)).toContain('reason=host')
    expect(stage.dialled).toEqual([])
  })
})

describe('beside the credential', () => {
  it('is nothing that the sandbox says of who it is, where it came from or what is meant instead', async () => {
    await open()
    const more = [
      'Authorization: Basic ZXZpbDpldmls',
      'Proxy-Authorization: Basic ZXZpbDpldmls',
      'Cookie: a=b',
      'X-Original-URL: /admin',
      'X-Rewrite-URL: /admin',
      'X-Forwarded-Host: evil.test',
      'Forwarded: host=evil.test',
      'X-HTTP-Method-Override: DELETE',
      'Accept-Encoding: gzip',
      'npm-command: ci',
    ]
    await get('/team/x', `${more.join('\r\n')}\r\n`)
    expect(heard[0]?.headers).toEqual({
      ...{ host: HOST, authorization: BEARER, connection: 'close' },
      ...{ 'accept-encoding': 'identity', 'npm-command': 'ci' },
    })
  })

  it.each([
    ['two lengths', 'Content-Length: 4\r\nContent-Length: 5\r\n\r\nbody!'],
    ['a length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a line break in a header', 'User-Agent: a\rAuthorization: b\r\n\r\n'],
    ['a line break in the path', '\r\n\r\n', '/team/x\rX-Evil: 1'],
    ['a second tunnel', '\r\n', '/team/x', 'CONNECT'],
    ['an upgrade', 'Connection: upgrade\r\nUpgrade: websocket\r\n\r\n'],
  ])('no request of %s is sent', async (_, rest, path = '/team/x', method = 'POST') => {
    await open({ credential: { write: true } })
    const said = await say(`${method} ${path} HTTP/1.1\r\nHost: ${HOST}\r\n${rest}`)
    expect(said).not.toContain(' 200 ')
    expect(heard).toEqual([])
  })

  it('comes no cookie, and no other way to the host', async () => {
    await open()
    answer = (response) => {
      response.setHeader('set-cookie', 'session=a-right-of-the-credential')
      response.setHeader('alt-svc', 'h3=":443"')
      response.setHeader('www-authenticate', 'Basic')
      response.end('ok')
    }
    expect(await get('/team/x')).not.toMatch(/cookie|alt-svc|www-auth|session=/i)
  })
})

describe('an answer', () => {
  it('that leads elsewhere is the sandbox’s to follow, without the credential', async () => {
    await open()
    answer = (response) => response.writeHead(302, { location: 'https://other.test/team/x' }).end()
    expect(await get('/team/x')).toMatch(/^HTTP\/1\.1 302 [^]*location: https:\/\/other\.test\/team\/x\r\n/)
    expect(heard).toHaveLength(1)
    await get('/team/x', '', 'other.test')
    expect(heard[1]?.headers.authorization).toBeUndefined()
  })

  const REPEATS: [string, (response: ServerResponse) => void][] = [
    ['in its body', (response) => void response.end(JSON.stringify({ headers: { authorization: BEARER } }))],
    ['in the page of an error', (response) => void response.writeHead(401).end(`${SECRET} is not known`)],
    ['in a header', (response) => void response.setHeader('x-echo', BEARER).end('ok')],
    [
      'in where it leads',
      (response) => void response.writeHead(302, { location: `/x?token=${SECRET}` }).end(),
    ],
    ['in its status', (response) => void response.writeHead(400, `no ${SECRET}`).end()],
    ['in base64', (response) => void response.end(Buffer.from(`x${SECRET}`).toString('base64'))],
    [
      'in two pieces',
      (response) => {
        response.write(`${'.'.repeat(100_000)}${SECRET.slice(0, 9)}`)
        setImmediate(() => response.end(SECRET.slice(9)))
      },
    ],
  ]
  it.each(REPEATS)('that repeats the credential %s is cut before it', async (_, repeat) => {
    await open()
    answer = repeat
    const said = await get('/team/x')
    expect(said).not.toMatch(LEAKS)
    expect(await stage.audited(({ outcome }) => outcome === 'denied')).toMatchObject({
      reason: expect.stringMatching(/^echo: /) as string,
    })
    expect(JSON.stringify([stage.events, stage.decisions])).not.toMatch(LEAKS)
  })

  it('that cannot be looked through is not passed on', async () => {
    await open()
    answer = (response) => void response.setHeader('content-encoding', 'gzip').end(gzipSync(BEARER))
    expect(await get('/team/x')).toContain('failed; reason=coding')
  })

  it('of any bytes comes back whole', async () => {
    await open()
    const bytes = Buffer.alloc(3_000_000, 'a\0b\xff', 'latin1')
    answer = (response) => void response.end(bytes)
    const said = await get('/team/x.tgz')
    const body = Buffer.from(said.slice(said.indexOf('\r\n\r\n') + 4), 'latin1')
    expect(body.equals(bytes)).toBe(true)
  })

  it('ends at a limit of bytes, of silence, and when the sandbox leaves', async () => {
    await open({ limits: { bytes: 1000 } })
    answer = (response) => void response.end(Buffer.alloc(5000))
    expect((await get('/team/x')).length).toBeLessThan(2000)
    await stage.close()
    await open({ limits: { idleMs: 50 } })
    answer = () => undefined
    expect(await get('/team/x')).not.toContain(' 200 ')
    await stage.close()
    await open()
    const asked = Promise.withResolvers<ServerResponse>()
    answer = asked.resolve
    const secure = await tunnel()
    secure.write(`GET /team/x HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`)
    const closed = once(await asked.promise, 'close')
    secure.destroy()
    await closed
  })
})
