import { once } from 'node:events'
import { createServer as createHttp } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { connect as connectTls, createServer as createTls } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { makeCertificate } from './test-certificate.ts'
import { clientHello, listening, openStage, portOf, readAll } from './test-stage.ts'
import type { Stage, StageOptions } from './test-stage.ts'

interface Heard {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const certificate = makeCertificate('ok.test', 'a.wild.test', 'port.test')
const heard: Heard[] = []
let stage: Stage
let tls: Server
let http: Server
const ends: (() => unknown)[] = []

beforeAll(async () => {
  tls = await listening(createTls(certificate, (socket) => socket.on('error', () => undefined).pipe(socket)))
  http = await listening(
    createHttp((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { method, url, headers } = request
        heard.push({ method, url, headers, body: Buffer.concat(chunks).toString() })
        response.end('hello from the host')
      })
    }),
  )
})
afterAll(() => {
  tls.close()
  http.close()
})
afterEach(async () => {
  heard.length = 0
  await stage.close()
  for (const end of ends.splice(0)) await end()
})

async function open(options: StageOptions = {}): Promise<void> {
  stage = await openStage({ host: tls, ...options })
}

/** Says it, and answers all that comes back. */
async function say(text: string | Buffer): Promise<string> {
  const socket = await stage.enter()
  socket.write(text)
  return readAll(socket)
}

async function tunnel(authority: string): Promise<Socket> {
  const socket = await stage.enter()
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(answer.toString()).toBe('HTTP/1.1 200 Connection established\r\n\r\n')
  socket.on('error', () => undefined)
  return socket
}

const denied = () => stage.audited(({ outcome }) => outcome === 'denied')

/** What the wire says, and what the audit says, about the same refusal. */
async function expectRefusal(answer: string, status: number, reason: string): Promise<void> {
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(answer).toContain(`X-Chispart-Egress: denied; reason=${reason}\r\n`)
  expect(await denied()).toMatchObject({
    workspace: 'w1',
    reason: expect.stringMatching(`^${reason}: `) as string,
  })
  expect(stage.dialled).toEqual([])
}

describe('a tunnel that is asked for', () => {
  it('carries TLS to an allowed host, and is audited with its rule and its bytes', async () => {
    await open()
    const socket = await tunnel('OK.test.:443')
    const secure = connectTls({ socket, servername: 'ok.test', ca: certificate.cert })
    await once(secure, 'secureConnect')
    secure.write('ping')
    expect(String(((await once(secure, 'data')) as [Buffer])[0])).toBe('ping')
    expect(stage.dialled).toEqual(['93.184.215.14:443'])
    expect(stage.events).toMatchObject([
      { workspace: 'w1', action: 'egress.connect', outcome: 'ok', rule: 'ok.test', target: 'OK.test.:443' },
    ])
    expect(stage.decisions).toEqual([
      { workspace: 'w1', kind: 'connect', target: 'OK.test.:443', outcome: 'allowed', rule: 'ok.test' },
    ])
    secure.end()
    const { sent = 0, received = 0 } = await stage.audited(({ action }) => action === 'egress.end')
    expect(Math.min(sent, received)).toBeGreaterThan(100)
  })

  it.each(['a.wild.test:443', 'port.test:8443'])('opens for %s', async (authority) => {
    await open()
    const socket = await tunnel(authority)
    const servername = authority.split(':')[0] ?? ''
    await once(connectTls({ socket, servername, ca: certificate.cert }), 'secureConnect')
    socket.destroy()
  })

  it.each([
    ['127.0.0.1', 'address'],
    ['127.1', 'address'],
    ['2130706433', 'address'],
    ['0x7f000001', 'address'],
    ['0177.0.0.1', 'address'],
    ['0x7f.1', 'address'],
    ['169.254.169.254', 'address'],
    ['8.8.8.8.', 'address'],
    ['[::1]', 'address'],
    ['[::ffff:127.0.0.1]', 'address'],
    ['[::ffff:7f00:1]', 'address'],
    ['[fd00:ec2::254]', 'address'],
    ['evil.test', 'host'],
    ['ok.test.evil.test', 'host'],
    ['notok.test', 'host'],
    ['wild.test', 'host'],
    ['xwild.test', 'host'],
    ['localhost', 'host'],
    ['metadata.google.internal', 'host'],
    ['ok..test', 'name'],
    ['ok.test..', 'name'],
    ['.ok.test', 'name'],
    ['ok%2etest', 'name'],
    ['ok.test%00.evil.test', 'name'],
    ['*.wild.test', 'name'],
    [`${'a'.repeat(64)}.wild.test`, 'name'],
    [`${'a.'.repeat(130)}wild.test`, 'name'],
  ])('is refused for %s', async (host, reason) => {
    await open()
    await expectRefusal(await say(`CONNECT ${host}:443 HTTP/1.1\r\nHost: x\r\n\r\n`), 403, reason)
    expect(stage.asked).toEqual([])
  })

  it('is told to whom it may concern, with the rule to add and where', async () => {
    await open({ names: { 'ok.test': ['10.0.0.1'] } })
    const asked = ['evil.test:443', 'port.test:443', 'ok.test:443', '127.0.0.1:443', 'evil\u0001.test:443']
    for (const authority of asked) await say(`CONNECT ${authority} HTTP/1.1\r\nHost: x\r\n\r\n`)
    const told = { workspace: 'w1', kind: 'connect', outcome: 'denied' }
    expect(stage.decisions).toMatchObject([
      { ...told, target: 'evil.test:443', reason: 'host', list: 'allow', rule: 'evil.test' },
      { ...told, target: 'port.test:443', reason: 'port', list: 'allow', rule: 'port.test' },
      { ...told, target: 'ok.test:443', reason: 'not-public', list: 'trusted', rule: 'ok.test' },
      { ...told, target: '127.0.0.1:443', reason: 'address' },
      { ...told, reason: 'malformed' },
    ])
    expect(stage.decisions[3]).not.toHaveProperty('rule')
    await stage.close()
    await open({ within: ['*.other.test'] })
    await say('CONNECT port.test:8443 HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(stage.decisions).toMatchObject([{ list: 'policy', rule: 'port.test:8443' }])
  })

  it.each(['ok.test:22', 'ok.test:80', 'ok.test:8443', 'port.test:443', 'ok.test:65535'])(
    'is refused for the port of %s, with the rule that would allow it',
    async (authority) => {
      await open()
      const answer = await say(`CONNECT ${authority} HTTP/1.1\r\nHost: x\r\n\r\n`)
      await expectRefusal(answer, 403, 'port')
      const wanted = authority.replace(':443', '')
      expect(answer).toContain(`The rule "${wanted}" in the egress configuration would allow it.`)
    },
  )

  it.each([
    'ok.test',
    'ok.test:',
    'ok.test:0',
    'ok.test:0443',
    'ok.test:70000',
    'a@ok.test:443',
    'ok.test:443:443',
  ])('is malformed as %s', async (authority) => {
    await open()
    await expectRefusal(await say(`CONNECT ${authority} HTTP/1.1\r\nHost: x\r\n\r\n`), 400, 'malformed')
  })

  it.each([
    ['a NUL in the name', 'CONNECT ok.test\0.evil.test:443 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a blank in the name', 'CONNECT ok.test evil.test:443 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a tab in the name', 'CONNECT ok.test\tevil.test:443 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['letters outside ASCII', 'CONNECT ök.test:443 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['TLS without a CONNECT', Buffer.from('1603010005010000010300', 'hex')],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['SOCKS', Buffer.from([5, 1, 0])],
    ['a head of 40 kB', `CONNECT ok.test:443 HTTP/1.1\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`],
    ['a folded header', 'CONNECT ok.test:443 HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n'],
  ])('is refused with %s', async (_, text) => {
    await open()
    expect(await say(text)).toMatch(/^HTTP\/1.1 40[03] /)
    expect(await denied()).toMatchObject({ workspace: 'w1' })
    expect(stage.dialled).toEqual([])
  })

  it('is refused when the request takes too long', async () => {
    await open({ limits: { headMs: 50 } })
    await expectRefusal(await say('CONNECT ok.test:443 HTTP/1.1\r\nHos'), 408, 'slow')
  })

  it('is no door for a second request behind the first', async () => {
    await open()
    const text =
      'CONNECT evil.test:443 HTTP/1.1\r\nHost: x\r\n\r\nCONNECT ok.test:443 HTTP/1.1\r\nHost: x\r\n\r\n'
    await expectRefusal(await say(text), 403, 'host')
  })
})

describe('the addresses of an allowed name', () => {
  it.each([
    ['private', ['10.0.0.1']],
    ['private IPv6', ['fd12::1']],
    ['loopback', ['127.0.0.1']],
    ['metadata', ['169.254.169.254']],
    ['IPv4 in IPv6', ['::ffff:93.184.215.14']],
    ['NAT64', ['64:ff9b::a00:1']],
    ['a documentation range', ['203.0.113.7']],
    ['one private among public ones', ['93.184.215.14', '2606:2800:21f:cb07::1', '192.168.1.1']],
    ['no address at all', ['not an address']],
  ])('are refused when they are %s', async (_, addresses) => {
    await open({ names: { 'ok.test': addresses } })
    const answer = await say('CONNECT ok.test:443 HTTP/1.1\r\nHost: x\r\n\r\n')
    await expectRefusal(answer, 403, 'not-public')
    expect(answer).toContain('Name "ok.test" under "trusted"')
  })

  it('may be private for a host that the operator names', async () => {
    await open({ trusted: ['intern.test'], names: { 'intern.test': ['10.0.0.1'] } })
    await tunnel('intern.test:443')
    expect(stage.dialled).toEqual(['10.0.0.1:443'])
  })

  it.each([
    '127.0.0.1',
    '::1',
    '169.254.169.254',
    'fe80::1',
    '0.0.0.0',
    '100.100.100.200',
    'fd00:ec2::254',
    '224.0.0.1',
  ])('may never be %s, whoever names the host', async (address) => {
    await open({ trusted: ['intern.test'], names: { 'intern.test': [address] } })
    await expectRefusal(await say('CONNECT intern.test:443 HTTP/1.1\r\nHost: x\r\n\r\n'), 403, 'not-public')
  })

  it('are asked for once, and those are dialled: a second answer is never heard', async () => {
    const answers = [['93.184.215.14'], ['169.254.169.254']]
    await open({
      names: {
        get 'ok.test'() {
          return answers.shift() ?? []
        },
      },
    })
    await tunnel('ok.test:443')
    expect(stage.asked).toEqual(['ok.test'])
    expect(stage.dialled).toEqual(['93.184.215.14:443'])
  })

  it('that cannot be found or reached are no denial, and are audited', async () => {
    await open({ names: { 'ok.test': [] } })
    const answer = await say('CONNECT ok.test:443 HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1.1 502 .*\r\nX-Chispart-Egress: failed; reason=unreachable\r\n/)
    expect(stage.events).toMatchObject([{ outcome: 'unavailable' }])
    await stage.close()
    await open({ host: await closedServer() })
    expect(await say('CONNECT ok.test:443 HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1.1 502 /)
  })
})

describe('inside a tunnel', () => {
  /** A host that counts what reaches it. */
  async function counted(): Promise<() => number> {
    let bytes = 0
    const host = await listening(
      createServer((socket) => socket.on('data', (chunk) => (bytes += chunk.length))),
    )
    ends.push(() => host.close())
    await open({ host, limits: { helloMs: 200 } })
    return () => bytes
  }

  it.each([
    ['plain HTTP', 'GET / HTTP/1.1\r\nHost: ok.test\r\n\r\n'],
    ['SSH', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['a name that is cut short', 'G'],
    ['zeroes', Buffer.alloc(100)],
    ['a record that is no handshake', Buffer.from('1703030005aabbccddee', 'hex')],
    ['an endless ClientHello', Buffer.concat(Array.from({ length: 6 }, () => record(0x0100ffff)))],
    ['silence', ''],
  ])('%s is cut before the host hears a byte', async (_, text) => {
    const bytes = await counted()
    const socket = await tunnel('ok.test:443')
    if (text.length > 0) socket.write(text)
    expect(await readAll(socket)).toBe('')
    expect(await denied()).toMatchObject({ reason: expect.stringMatching(/^tls: /) as string })
    expect(bytes()).toBe(0)
  })

  it.each([
    ['another name', 'evil.test'],
    ['a name below', 'x.ok.test'],
    ['no name', ''],
  ])('TLS for %s is refused with an alert', async (_, servername) => {
    const bytes = await counted()
    const socket = await tunnel('ok.test:443')
    const secure = connectTls({ socket, servername, rejectUnauthorized: false })
    const [error] = (await once(secure, 'error')) as [NodeJS.ErrnoException]
    expect(error.message).toMatch(/alert access denied/i)
    expect(await denied()).toMatchObject({ reason: expect.stringMatching(/^sni: /) as string })
    expect(bytes()).toBe(0)
  })

  it('a ClientHello in one-byte chunks passes whole', async () => {
    await open()
    const socket = await tunnel('ok.test:443')
    const relay = await listening(
      createServer((inner) => {
        inner.on('data', (chunk: Buffer) => {
          for (const byte of chunk) socket.write(Buffer.from([byte]))
        })
        socket.pipe(inner)
      }),
    )
    ends.push(() => relay.close())
    const secure = connectTls({
      port: portOf(relay),
      host: '127.0.0.1',
      servername: 'ok.test',
      ca: certificate.cert,
    })
    await once(secure, 'secureConnect')
    secure.destroy()
    socket.destroy()
  })

  it('a ClientHello that came with the CONNECT is judged the same', async () => {
    const bytes = await counted()
    const answer = await say('CONNECT ok.test:443 HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n\r\n')
    expect(answer).toBe('HTTP/1.1 200 Connection established\r\n\r\n')
    expect(await denied()).toMatchObject({ reason: expect.stringMatching(/^tls: /) as string })
    expect(bytes()).toBe(0)
  })
})

describe('a plain request', () => {
  const get = (url: string, host: string, more = '') => `GET ${url} HTTP/1.1\r\nHost: ${host}\r\n${more}\r\n`

  it('reaches an allowed host with a head that is written anew', async () => {
    await open({ host: http })
    const more =
      'Connection: x-mine, close\r\nX-Mine: 1\r\nX-Other: 2\r\nProxy-Authorization: Basic eA==\r\nTE: trailers\r\n'
    const answer = await say(get('http://ok.test/a?b=c', 'ok.test', more))
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n[\s\S]*hello from the host/)
    expect(heard).toMatchObject([
      { method: 'GET', url: '/a?b=c', headers: { host: 'ok.test', 'x-other': '2' } },
    ])
    const names = Object.keys(heard[0]?.headers ?? {})
    expect(names.filter((name) => /^(x-mine|proxy-.*|te|keep-alive)$/.test(name))).toEqual([])
    expect(stage.dialled).toEqual(['93.184.215.14:80'])
    expect(stage.events[0]).toMatchObject({ action: 'egress.http', outcome: 'ok', target: 'ok.test:80' })
  })

  it.each([
    ['a length', 'Content-Length: 4\r\n\r\nbody', 'body'],
    [
      'chunks',
      'Transfer-Encoding: chunked\r\n\r\n3;ext=1\r\nbod\r\n1\r\ny\r\n0\r\nTrailer: x\r\n\r\n',
      'body',
    ],
    ['a wait for 100', 'Expect: 100-continue\r\nContent-Length: 4\r\n\r\nbody', 'body'],
  ])('brings its body with %s', async (_, rest, body) => {
    await open({ host: http })
    expect(await say(`POST http://ok.test/ HTTP/1.1\r\nHost: ok.test\r\n${rest}`)).toContain(
      'hello from the host',
    )
    expect(heard).toMatchObject([{ method: 'POST', body }])
  })

  it.each([
    ['both lengths', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET'],
    ['two lengths', 'Content-Length: 4\r\nContent-Length: 5\r\n\r\nbody5'],
    ['two equal lengths', 'Content-Length: 4\r\nContent-Length: 4\r\n\r\nbody'],
    ['a list of lengths', 'Content-Length: 4, 4\r\n\r\nbody'],
    ['a length with a sign', 'Content-Length: +4\r\n\r\nbody'],
    ['an unknown coding', 'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
    ['a coding in disguise', 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['a blank before the colon', 'Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n'],
    ['a bare line feed', 'X: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ])('is refused with %s', async (_, rest) => {
    await open({ host: http })
    await expectRefusal(
      await say(`POST http://ok.test/ HTTP/1.1\r\nHost: ok.test\r\n${rest}`),
      400,
      'malformed',
    )
    expect(heard).toEqual([])
  })

  it('with a second one behind it sends the first only', async () => {
    await open({ host: http })
    await say(get('http://ok.test/1', 'ok.test') + get('http://evil.test/2', 'evil.test'))
    expect(heard.map(({ url }) => url)).toEqual(['/1'])
  })

  it('with broken chunks never reaches the host as a whole one', async () => {
    await open({ host: http })
    const socket = await stage.enter()
    socket.write(
      'POST http://ok.test/ HTTP/1.1\r\nHost: ok.test\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n',
    )
    await stage.audited(({ outcome }) => outcome === 'ok')
    socket.write('zz\r\n')
    expect(await readAll(socket)).toBe('')
    expect(heard).toEqual([])
  })

  it.each([
    ['another Host', 'http://ok.test/', 'Host: evil.test', 403, 'host-header'],
    ['another port in Host', 'http://ok.test/', 'Host: ok.test:81', 403, 'host-header'],
    ['two Hosts', 'http://ok.test/', 'Host: ok.test\r\nHost: evil.test', 403, 'host-header'],
    [
      'an upgrade',
      'http://ok.test/',
      'Host: ok.test\r\nConnection: upgrade\r\nUpgrade: websocket',
      403,
      'upgrade',
    ],
    ['an upgrade to h2c', 'http://ok.test/', 'Host: ok.test\r\nUpgrade: h2c', 403, 'upgrade'],
    ['a host off the list', 'http://evil.test/', 'Host: evil.test', 403, 'host'],
    ['an address', 'http://10.0.0.1/', 'Host: 10.0.0.1', 403, 'address'],
    ['an IPv6 address', 'http://[::1]:80/', 'Host: [::1]:80', 403, 'address'],
    ['another port', 'http://ok.test:22/', 'Host: ok.test:22', 403, 'port'],
    ['https in the clear', 'https://ok.test/', 'Host: ok.test', 403, 'scheme'],
    ['ftp', 'ftp://ok.test/', 'Host: ok.test', 403, 'scheme'],
    ['userinfo', 'http://ok.test@evil.test/', 'Host: ok.test', 400, 'malformed'],
    ['no host', '/latest/meta-data', 'Host: ok.test', 400, 'malformed'],
  ])('is refused with %s', async (_, url, headers, status, reason) => {
    await open({ host: http })
    await expectRefusal(await say(`GET ${url} HTTP/1.1\r\n${headers}\r\n\r\n`), status, reason)
    expect(heard).toEqual([])
  })
})

describe('limits', () => {
  it('refuse one connection too many of a sandbox, and leave another sandbox its own', async () => {
    await open({ limits: { connections: 2 } })
    const first = await tunnel('ok.test:443')
    await tunnel('ok.test:443')
    const third = await stage.enter()
    expect(await readAll(third)).toContain('reason=too-many')
    third.end()
    await once(third, 'close')
    const other = await stage.enter('w2')
    other.write('CONNECT evil.test:443 HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(await readAll(other)).toContain('reason=host')
    first.destroy()
    await stage.audited(({ reason }) => reason?.startsWith('tls: ') === true)
    await tunnel('ok.test:443')
  })

  it('end a connection that is idle, and one that carried too much', async () => {
    await open({ host: await endless(), limits: { bytes: 1e6, idleMs: 60_000 } })
    const greedy = await established()
    greedy.resume()
    await Promise.race([once(greedy, 'end'), once(greedy, 'close')])
    await stage.close()
    const silent = await listening(createServer((socket) => socket.on('error', () => undefined)))
    ends.push(() => silent.close())
    await open({ host: silent, limits: { idleMs: 500 } })
    expect(await readAll(await established())).toBe('')
  })

  it('let a sandbox that asks too fast wait, and audit every request', async () => {
    await open({ limits: { burst: 1, everyMs: 40 } })
    const started = performance.now()
    const text = 'CONNECT evil.test:443 HTTP/1.1\r\nHost: x\r\n\r\n'
    const answers = await Promise.all(Array.from({ length: 6 }, () => say(text)))
    expect(answers.every((answer) => answer.includes('reason=host'))).toBe(true)
    expect(performance.now() - started).toBeGreaterThan(120)
    expect(stage.events).toHaveLength(6)
  })

  /** A tunnel past its ClientHello. */
  async function established(): Promise<Socket> {
    const socket = await tunnel('ok.test:443')
    socket.write(clientHello('ok.test'))
    await stage.audited(({ outcome }) => outcome === 'ok')
    return socket
  }

  async function endless(): Promise<Server> {
    const host = await listening(
      createServer((socket) => {
        const more = () => void (socket.write(Buffer.alloc(65_536)) && setImmediate(more))
        socket.on('drain', more).on('error', () => undefined)
        more()
      }),
    )
    ends.push(() => host.close())
    return host
  }

  it('leave no connection unaudited when the proxy closes', async () => {
    await open()
    await established()
    await stage.egress.close()
    expect(stage.events.map(({ action }) => action)).toEqual(['egress.connect', 'egress.end'])
  })

  it('pass on each end by itself, and hold a sender back when nobody reads', async () => {
    const peers: Socket[] = []
    const host = await listening(createServer({ allowHalfOpen: true }, (socket) => peers.push(socket)))
    ends.push(() => host.close())
    await open({ host })
    const socket = await established()
    const [peer] = peers
    if (peer === undefined) throw new Error('nobody was dialled')
    const got = readAll(peer)
    socket.end('last words')
    expect((await got).endsWith('last words')).toBe(true)
    let sent = 0
    while (sent < 64e6 && peer.write(Buffer.alloc(1e6))) sent += 1e6
    expect(sent).toBeLessThan(64e6)
    const answer = readAll(socket)
    peer.end('an answer after the end')
    expect((await answer).endsWith('an answer after the end')).toBe(true)
  })
})

async function closedServer(): Promise<Server> {
  const server = await listening(createServer())
  const address = server.address()
  server.close()
  await once(server, 'close')
  return Object.assign(server, { address: () => address })
}

function record(header: number): Buffer {
  const bytes = Buffer.alloc(5 + 16_384)
  bytes.writeUIntBE(0x1603014000, 0, 5)
  bytes.writeUInt32BE(header, 5)
  return bytes
}
