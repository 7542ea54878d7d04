// The relay of git, attacked: whatever a sandbox asks, the token goes to the repository of its workspace and nowhere else.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { gitAccess } from '#server/github/git-access.ts'
import type { Credential } from '#server/vault/credentials.ts'
import { createGitRelay } from './git-relay.ts'
import { listening, openStage, portOf, readAll } from './test-stage.ts'
import type { Stage, StageOptions } from './test-stage.ts'

interface Heard {
  readonly line: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const TOKEN = 'ghp_a-token-that-nobody-inside-may-see'
const BASIC = `Basic ${Buffer.from(`x-access-token:${TOKEN}`).toString('base64')}`
const ADVERTISED = 'application/x-git-upload-pack-advertisement'
const REFS = 'info/refs?service=git-upload-pack'
const AT = 'git.chispart.internal'

const heard: Heard[] = []
let host: Server
let stage: Stage
/** What the person of each workspace keeps for its repository. */
let kept: Record<string, Credential[]> = {}
let answer: (response: ServerResponse) => void

beforeAll(async () => {
  host = await listening(
    createServer((request, response) => {
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
afterAll(() => host.close())
afterEach(async () => {
  heard.length = 0
  kept = {}
  await stage.close()
})

async function open(options: StageOptions = {}): Promise<void> {
  const origin = `http://localhost:${portOf(host)}`
  const find = gitAccess({ apiUrl: `${origin}/api/v3`, listed: ['acme/parity'] })
  const repos: Record<string, string> = { w1: `${origin}/acme/parity`, other: `${origin}/acme/other` }
  const access = (workspace: string) => Promise.resolve(find(repos[workspace]))
  answer = (response) => response.setHeader('content-type', ADVERTISED).end('refs')
  const own = (workspace: string) => Promise.resolve(kept[workspace] ?? [])
  stage = await openStage({ git: createGitRelay({ token: TOKEN, access, own }), ...options })
}

async function say(text: string, workspace?: string): Promise<string> {
  const socket: Socket = await stage.enter(workspace)
  socket.write(text)
  return readAll(socket)
}

const get = (path: string, more = '', workspace?: string) =>
  say(`GET http://${AT}${path} HTTP/1.1\r\nHost: ${AT}\r\n${more}\r\n`, workspace)

/** Nothing was asked in the server's name, and the client and the audit hear why. */
async function expectRefusal(said: string, reason = 'repository'): Promise<void> {
  expect(said).toContain(`X-Chispart-Egress: denied; reason=${reason}\r\n`)
  const row = await stage.audited(({ outcome }) => outcome === 'denied')
  expect(row.reason).toMatch(new RegExp(`^${reason}: `))
  expect(heard).toEqual([])
  expect(stage.dialled).toEqual([])
}

describe('git of a workspace', () => {
  it('asks for its repository with a token that it never sees, and is audited', async () => {
    await open()
    const said = await get(`/acme/parity.git/${REFS}`, 'Git-Protocol: version=2\r\n')
    expect(said).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nrefs$/)
    expect(heard).toMatchObject([
      {
        line: `GET /acme/parity.git/${REFS}`,
        headers: { authorization: BASIC, 'git-protocol': 'version=2', host: `localhost:${portOf(host)}` },
      },
    ])
    const { received } = await stage.audited(({ action }) => action === 'egress.end')
    expect(received).toBe(4)
    const target = `http://localhost:${portOf(host)}/acme/parity.git`
    expect(stage.events[0]).toMatchObject({
      action: 'egress.git.fetch',
      outcome: 'ok',
      rule: 'acme/parity',
      target,
    })
    expect(JSON.stringify(stage.events) + said).not.toMatch(/ghp_|Basic/)
  })

  it.each([
    ['a length', 'Content-Length: 4\r\n\r\npack'],
    [
      'chunks, after asking whether it may',
      'Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npack\r\n0\r\n\r\n',
    ],
  ])('pushes a body with %s', async (_, body) => {
    await open()
    answer = (response) =>
      response.setHeader('content-type', 'application/x-git-receive-pack-result').end('ok')
    const said = await say(
      `POST http://${AT}/acme/parity.git/git-receive-pack HTTP/1.1\r\nHost: ${AT}\r\n${body}`,
    )
    expect(said).toMatch(/ 200 OK\r\n[^]*\r\n\r\nok$/)
    expect(heard).toMatchObject([{ line: 'POST /acme/parity.git/git-receive-pack', body: 'pack' }])
    expect(stage.events[0]).toMatchObject({ action: 'egress.git.push', outcome: 'ok' })
  })
})

describe('a person’s own token', () => {
  const MINE = 'ghp_a-token-of-that-person-alone'
  const credential = (more: Partial<Credential> = {}): Credential => ({
    ...{ address: 'https://git.test/acme/', path: '/acme/', write: true, secret: MINE, username: null },
    ...more,
  })
  const basic = (user: string) => `Basic ${Buffer.from(`${user}:${MINE}`).toString('base64')}`
  const fetches = () => get(`/acme/parity.git/${REFS}`)
  async function pushes(): Promise<void> {
    answer = (response) =>
      response.setHeader('content-type', 'application/x-git-receive-pack-result').end('ok')
    const post = `POST http://${AT}/acme/parity.git/git-receive-pack HTTP/1.1\r\nHost: ${AT}\r\n`
    await say(`${post}Content-Length: 4\r\n\r\npack`)
  }

  it('goes before the server’s, in fetch and push, and the audit says which one went', async () => {
    kept = { w1: [credential()] }
    await open()
    await fetches()
    await pushes()
    expect(heard.map(({ headers }) => headers.authorization)).toEqual([
      basic('x-access-token'),
      basic('x-access-token'),
    ])
    const rules = stage.events.filter(({ action }) => action !== 'egress.end').map(({ rule }) => rule)
    expect(rules).toEqual(['https://git.test/acme/', 'https://git.test/acme/'])
    expect(JSON.stringify(stage.events)).not.toContain(MINE)
  })

  it('pushes nothing when it only reads: the server’s does', async () => {
    kept = { w1: [credential({ write: false, username: 'me' })] }
    await open()
    await fetches()
    await pushes()
    expect(heard.map(({ headers }) => headers.authorization)).toEqual([basic('me'), BASIC])
  })

  it('goes for no workspace of another person', async () => {
    kept = { other: [credential()] }
    await open()
    await fetches()
    expect(heard[0]?.headers.authorization).toBe(BASIC)
  })
})

describe('the relay refuses', () => {
  it.each([
    ['another repository', '/acme/other.git/'],
    ['one whose name begins alike', '/acme/parity.git.evil/'],
    ['a path that climbs', '/acme/parity.git/../other.git/'],
    ['an escaped path that climbs', '/acme/parity.git/%2e%2e/other.git/'],
    ['a path with a second slash', '//acme/parity.git/'],
    ['another spelling', '/Acme/parity.git/'],
    ['an escaped slash', '/acme%2fparity.git/'],
  ])('%s', async (_, path) => {
    await open()
    await expectRefusal(await get(`${path}${REFS}`))
  })

  it.each([
    ['GET', '/acme/parity.git/HEAD'],
    ['GET', '/acme/parity.git/info/refs'],
    ['GET', '/acme/parity.git/info/refs?service=git-upload-archive'],
    ['GET', `/acme/parity.git/${REFS}&service=git-receive-pack`],
    ['GET', `/acme/parity.git/${REFS}#`],
    ['GET', '/acme/parity.git/git-receive-pack'],
    ['POST', `/acme/parity.git/${REFS}`],
    ['POST', '/acme/parity.git/info/lfs/objects/batch'],
    ['GET', '/api/v3/user'],
    ['GET', '/acme/parity/settings/keys'],
    ['PUT', `/acme/parity.git/${REFS}`],
    ['DELETE', '/acme/parity.git'],
    ['TRACE', `/acme/parity.git/${REFS}`],
    ['OPTIONS', `/acme/parity.git/${REFS}`],
  ])('what git does not ask: %s %s', async (method, path) => {
    await open()
    await expectRefusal(await say(`${method} http://${AT}${path} HTTP/1.1\r\nHost: ${AT}\r\n\r\n`))
  })

  it.each(['other', 'unknown'])('a workspace that was not made of a listed one: %s', async (workspace) => {
    await open()
    await expectRefusal(await get(`/acme/parity.git/${REFS}`, '', workspace))
  })

  it('what the policy of the run leaves out', async () => {
    await open({ within: ['ok.test'] })
    await expectRefusal(await get(`/acme/parity.git/${REFS}`), 'host')
  })

  it('another port, and a tunnel: its name is then a host that nobody listed', async () => {
    await open()
    await expectRefusal(await say(`GET http://${AT}:8080/ HTTP/1.1\r\nHost: ${AT}:8080\r\n\r\n`), 'host')
    await expectRefusal(await say(`CONNECT ${AT}:443 HTTP/1.1\r\nHost: ${AT}:443\r\n\r\n`), 'host')
  })

  it('a Host that is not the address', async () => {
    await open()
    const head = `GET http://${AT}/acme/parity.git/${REFS} HTTP/1.1\r\nHost: evil.test\r\n\r\n`
    await expectRefusal(await say(head), 'host-header')
  })
})

describe('the token', () => {
  it('goes to no host that is asked for by its own name', async () => {
    await open({
      allow: ['localhost:80'],
      trusted: ['localhost:80'],
      names: { localhost: ['10.0.0.1'] },
      host,
    })
    await say(`GET http://localhost/acme/parity.git/${REFS} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    expect(heard).toHaveLength(1)
    expect(heard[0]?.headers.authorization).toBeUndefined()
  })

  it('is beside nothing that the sandbox says of who it is, where it came from or what to drop', async () => {
    await open()
    const more = [
      'Authorization: Basic ZXZpbDpldmls',
      'Proxy-Authorization: Basic ZXZpbDpldmls',
      'Cookie: a=b',
      'X-Forwarded-Host: evil.test',
      'X-HTTP-Method-Override: DELETE',
      'Connection: authorization, host',
    ]
    await get(`/acme/parity.git/${REFS}`, `${more.join('\r\n')}\r\n`)
    const { headers } = heard[0] ?? { headers: {} }
    expect(headers).toEqual({ authorization: BASIC, host: `localhost:${portOf(host)}`, connection: 'close' })
  })

  it.each([
    ['two lengths', 'Content-Length: 4\r\nContent-Length: 5\r\n\r\npack!'],
    ['a length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a line break in a header', 'User-Agent: a\rAuthorization: b\r\n\r\n'],
  ])('is sent with no request of %s', async (_, rest) => {
    await open()
    const said = await say(
      `POST http://${AT}/acme/parity.git/git-upload-pack HTTP/1.1\r\nHost: ${AT}\r\n${rest}`,
    )
    expect(said).not.toContain(' 200 ')
    expect(heard).toEqual([])
  })

  it('is sent with one request a connection: what follows a body is not asked', async () => {
    await open()
    const next = `GET http://${AT}/acme/parity.git/${REFS} HTTP/1.1\r\nHost: ${AT}\r\n\r\n`
    const push = `POST http://${AT}/acme/parity.git/git-upload-pack HTTP/1.1\r\nHost: ${AT}\r\nContent-Length: 4\r\n\r\npack`
    await say(push + next)
    expect(heard.map(({ line, body }) => [line, body])).toEqual([
      ['POST /acme/parity.git/git-upload-pack', 'pack'],
    ])
  })

  it.each([
    ['a redirect', 302, 502, 'git-host'],
    ['a page that repeats what was sent', 500, 502, 'git-host'],
    ['another protocol', 101, 502, 'git-host'],
    ['that it does not know the token', 401, 403, 'repository'],
    ['that the repository is not there', 404, 403, 'repository'],
  ])('is in no answer: the host says %s', async (_, status, told, reason) => {
    await open()
    answer = (response) => {
      response.writeHead(status, {
        location: `http://${AT}/${BASIC}`,
        'www-authenticate': 'Basic',
        'x-echo': BASIC,
      })
      response.end(BASIC)
    }
    const said = await get(`/acme/parity.git/${REFS}`)
    expect(said).toMatch(new RegExp(`^HTTP/1\\.1 ${told} `))
    expect(said).toContain(`reason=${reason}\r\n`)
    expect(said).not.toMatch(/Basic|[Ll]ocation|[Ee]cho|ghp_/)
    expect(heard).toHaveLength(1)
  })

  it('is in no answer that is not of git, and in no header of one that is', async () => {
    await open()
    answer = (response) => response.setHeader('content-type', 'text/html').end(BASIC)
    expect(await get(`/acme/parity.git/${REFS}`)).toContain('reason=git-host')
    answer = (response) =>
      response.setHeader('content-type', ADVERTISED).setHeader('x-echo', BASIC).end('refs')
    const said = await get(`/acme/parity.git/${REFS}`)
    expect(said).toMatch(/ 200 OK\r\n/)
    expect(said).not.toContain('Basic')
  })
})

describe('a limit', () => {
  it('ends an answer that is too long', async () => {
    await open({ limits: { bytes: 1000 } })
    answer = (response) => response.setHeader('content-type', ADVERTISED).end(Buffer.alloc(5000))
    expect((await get(`/acme/parity.git/${REFS}`)).length).toBeLessThan(2000)
  })

  it('ends a host that is silent', async () => {
    await open({ limits: { idleMs: 50 } })
    answer = () => undefined
    expect(await get(`/acme/parity.git/${REFS}`)).toContain('failed; reason=unreachable')
  })

  it('ends the request of a client that left', async () => {
    await open()
    const asked = Promise.withResolvers<ServerResponse>()
    answer = asked.resolve
    const socket = await stage.enter()
    socket.write(`GET http://${AT}/acme/parity.git/${REFS} HTTP/1.1\r\nHost: ${AT}\r\n\r\n`)
    const response = await asked.promise
    const closed = once(response, 'close')
    socket.destroy()
    await closed
  })
})
