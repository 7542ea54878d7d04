import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { SignJWT } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { framePayload, packFrame } from '#dsl/wire/frame.ts'
import { TEXT_MAX } from '#dsl/wire/message.ts'

type Frame = Record<string, unknown>
const TOKEN = 'the-token-of-this-test'
const SECRET = 'a-signing-secret-of-this-test-0123456789'
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** The real process in a real repository. */
async function start(plan = 'gratis', env: NodeJS.ProcessEnv = {}, keys: object = { token: TOKEN }) {
  const root = await mkdtemp(join(tmpdir(), 'serve-'))
  execFileSync('git', ['init', '-q', '-b', 'main', root])
  await writeFile(join(root, 'new.txt'), 'x')
  const args = ['runtime/serve.ts', '--port', '0', '--root', root, '--plan', plan]
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], HOME: root, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'ipc'],
  })
  ends.push(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await rm(root, { recursive: true, force: true })
  })
  const pipe = child.stdio[3] as Writable
  pipe.on('error', () => undefined)
  pipe.end(`${JSON.stringify(keys)}\n`)
  const url = await ready(child)
  return { child, root, url }
}

async function ready(child: ChildProcess): Promise<string> {
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  const { url } = JSON.parse(line.toString()) as { url: string }
  return url
}

interface Options {
  bearer?: string | undefined
  protocols?: string[]
  headers?: Record<string, string>
}

function open(url: string, { bearer, protocols = [], headers = {} }: Options): WebSocket {
  const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }
  const socket = new WebSocket(url, protocols, { headers: { ...headers, ...authorization } })
  ends.push(() => socket.terminate())
  return socket
}

async function client(url: string, options: Options = { bearer: TOKEN }) {
  const socket = open(url, options)
  await once(socket, 'open')
  const frames: Frame[] = []
  const waiting: ((frame: Frame) => void)[] = []
  let bytes = Buffer.alloc(0)
  socket.on('message', (data: Buffer, binary: boolean) => {
    if (binary) {
      bytes = Buffer.concat([bytes, framePayload(data)])
      return
    }
    const frame = JSON.parse(data.toString()) as Frame
    const next = waiting.shift()
    if (next) next(frame)
    else frames.push(frame)
  })
  const next = async () => frames.shift() ?? new Promise<Frame>((resolve) => waiting.push(resolve))
  /** The answer to one frame, its events before it. */
  async function ask(frame: string): Promise<{ answer: Frame; events: Frame[] }> {
    socket.send(frame)
    const events: Frame[] = []
    for (let heard = await next(); ; heard = await next()) {
      if ('ok' in heard) return { answer: heard, events }
      if ('event' in heard) events.push(heard['event'] as Frame)
    }
  }
  return { socket, next, ask, bytes: () => bytes.toString() }
}

async function closeOf(socket: WebSocket): Promise<number> {
  const [code] = (await once(socket, 'close')) as [number]
  return code
}

function token(claims: { audience?: string; issuer?: string; expires?: string; secret?: string } = {}) {
  const { audience = 'chispart', issuer = 'chispart', expires = '5m', secret = SECRET } = claims
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(secret))
}

describe('the runtime on a laptop', () => {
  it("answers the seed's exec and git.status frames as they are written", async () => {
    const { url } = await start()
    const { ask } = await client(url)
    const ran = await ask('{ "op":"exec", "pty":true, "cwd":"/repo", "cmd":"git status" }')
    expect(ran.answer).toEqual({ ok: true, exitCode: 0 })
    expect(ran.events.map(({ data }) => data).join('')).toContain('new.txt')
    const { answer } = await ask('{ "op":"git.status", "repo":"/repo" }')
    expect(answer).toMatchObject({ ok: true, branch: 'main', clean: false, files: [{ path: 'new.txt' }] })
    const tool = await ask('{"id":1,"tool":"shell.exec","input":{"cmd":"git status --short"}}')
    expect(tool.answer).toMatchObject({ id: 1, ok: true, exitCode: 0 })
    expect(JSON.stringify(tool.answer['stream'])).toContain('?? new.txt')
  })

  it('refuses what the plan does not list, and says what would allow it', async () => {
    const { url } = await start()
    const { ask } = await client(url)
    const { answer } = await ask('{"op":"exec","cmd":"git status; rm -rf ."}')
    expect(answer).toMatchObject({
      ok: false,
      error: { code: 'denied', data: { node: 'rm -rf .', column: 13 } },
    })
    const terminal = await ask('{"op":"pty.open"}')
    expect(terminal.answer).toMatchObject({ ok: false, error: { code: 'denied' } })
  })

  it("passes the exit code on where the plan allows the command, which does not inherit the runtime's environment", async () => {
    const { url } = await start('libre', { CHISPART_TOKEN: TOKEN })
    const { ask } = await client(url)
    expect((await ask('{"op":"exec","cmd":"exit 7"}')).answer).toEqual({ ok: true, exitCode: 7 })
    const { events } = await ask('{"op":"exec","cmd":"env"}')
    expect(JSON.stringify(events)).not.toContain('CHISPART')
  })

  it('carries a terminal, bytes both ways', async () => {
    const { url } = await start('libre')
    const { ask, socket, next, bytes } = await client(url)
    const { answer } = await ask('{"id":"t","op":"pty.open","cmd":"read x; echo got:$x"}')
    socket.send(packFrame(answer['stream'] as number, Buffer.from('ñ\r')))
    for (let news = await next(); news['end'] !== true;) news = await next()
    expect(bytes()).toContain('got:ñ')
  })

  it('answers an unknown op, a control op, malformed JSON and an unknown field, and goes on', async () => {
    const { url } = await start()
    const { ask } = await client(url)
    expect((await ask('{"id":1,"op":"no.such"}')).answer).toMatchObject({
      id: 1,
      error: { code: 'not_found' },
    })
    const control = (await ask('{"id":2,"op":"workspace.list"}')).answer
    expect(control).toMatchObject({ id: 2, error: { code: 'not_found' } })
    expect(JSON.stringify(control)).toContain('Chispart server')
    expect((await ask('{"op"')).answer).toMatchObject({ error: { code: 'malformed' } })
    const field = (await ask('{"op":"exec","cmd":"ls","shell":"zsh"}')).answer
    expect(field).toMatchObject({ error: { code: 'invalid' } })
    expect((await ask('{"op":"exec","cmd":"ls"}')).answer).toMatchObject({ ok: true })
  })

  it('closes the connection over an oversized frame, and serves the next one', async () => {
    const { url } = await start()
    const { socket } = await client(url)
    const closing = closeOf(socket)
    socket.send('x'.repeat(TEXT_MAX + 1))
    expect(await closing).toBe(1009)
    const { ask } = await client(url)
    expect((await ask('{"op":"exec","cmd":"ls"}')).answer).toMatchObject({ ok: true })
  })

  it('takes the token in a header or as a subprotocol, and no other one', async () => {
    const { url } = await start()
    const { socket } = await client(url, { protocols: ['chispart.v1', `bearer.${TOKEN}`] })
    expect(socket.protocol).toBe('chispart.v1')
    expect(await closeOf(open(url, { bearer: 'wrong' }))).toBe(4401)
    expect(await closeOf(open(url, {}))).toBe(4401)
  })

  it('takes a JWT that is signed, fresh and meant for it, and no other one', async () => {
    const { url } = await start('gratis', { JWT_SECRET: SECRET })
    const { ask } = await client(url, { bearer: await token() })
    expect((await ask('{"op":"exec","cmd":"ls"}')).answer).toMatchObject({ ok: true })
    const wrong = [{ audience: 'else' }, { issuer: 'else' }, { expires: '-1m' }, { secret: `${SECRET}!` }]
    for (const claims of wrong)
      expect(await closeOf(open(url, { bearer: await token(claims) })), JSON.stringify(claims)).toBe(4401)
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`
    expect(await closeOf(open(url, { bearer: unsigned }))).toBe(4401)
    expect(await closeOf(open(url, { bearer: TOKEN }))).toBe(4401)
  })

  it('takes the signing secret from the pipe too, so that it is in no environment', async () => {
    const { url, child } = await start('gratis', {}, { jwtSecret: SECRET })
    await once(open(url, { bearer: await token() }), 'open')
    expect(await closeOf(open(url, { bearer: await token({ expires: '0s' }) }))).toBe(4401)
    expect(await readFile(`/proc/${child.pid}/environ`, 'utf8')).not.toContain(SECRET)
  })

  it('lets a JWT that is its plain token end when it says so', async () => {
    const over = await token({ expires: '0s' })
    const { url } = await start('gratis', {}, { token: over })
    expect(await closeOf(open(url, { bearer: over }))).toBe(4401)
  })

  it('ends with the process that started it', async () => {
    const { child, url } = await start()
    const { socket } = await client(url)
    child.disconnect()
    expect(await closeOf(socket)).toBe(1001)
  })

  it('turns every browser page away', async () => {
    const { url } = await start()
    const socket = open(url, { bearer: TOKEN, headers: { origin: 'http://127.0.0.1:8765' } })
    const [error] = (await once(socket, 'error')) as [Error]
    expect(error.message).toContain('403')
  })

  it('ends at SIGINT with the programs of its terminals and calls', async () => {
    const { url, child } = await start('libre')
    const { ask, socket, next } = await client(url)
    await ask('{"op":"pty.open","cmd":"trap \'\' HUP; sleep 300 & echo $! > pid; wait"}')
    socket.send('{"op":"exec","cmd":"until test -s pid; do sleep 0.05; done; cat pid; sleep 300"}')
    let pid = 0
    for (let frame = await next(); pid === 0; frame = pid === 0 ? await next() : frame)
      pid = Number((frame['event'] as Frame | undefined)?.['data'] ?? 0)
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z')).toMatch(/\) Z/)
  })

  it('says what is wrong with its configuration, and ends with 78', async () => {
    const child = spawn(process.execPath, ['runtime/serve.ts', '--plan', 'nonsense'], {
      env: { PATH: process.env['PATH'], CHISPART_TOKEN: TOKEN },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const said = child.stderr.toArray()
    expect(await once(child, 'exit')).toEqual([78, null])
    expect(Buffer.concat(await said).toString()).toContain('There is no plan "nonsense"')
  })
})
