import { once } from 'node:events'
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { openStage } from './test-stage.ts'
import type { Stage } from './test-stage.ts'

const SECRET = 'a-signing-secret-of-this-test-0123456789'
let stage: Stage
beforeEach(async () => {
  stage = await openStage()
})
afterEach(() => stage.close())

function jwt(expires: string | number, { audience = 'chispart', secret = SECRET } = {}): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('chispart')
    .setAudience(audience)
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(secret))
}

/** The close code of a client with that token; 1000 for one that is let in. */
async function closeOf(url: string, token: string): Promise<number> {
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } })
  socket.once('open', () => socket.send('{"ping":1}'))
  socket.once('message', () => socket.close(1000))
  const [code] = (await once(socket, 'close')) as [number]
  return code
}

describe('ws start', () => {
  it('says where it listens, for what directory and plan, and ends cleanly at Ctrl-C', async () => {
    const child = stage.begin(['ws', 'start', '--port', '0', '--root', 'repo'])
    let said = ''
    for await (const text of child.stdout!) {
      said += String(text)
      if (said.includes('Ctrl-C')) break
    }
    expect(said).toMatch(/^Listening on ws:\/\/127\.0\.0\.1:\d+\/rpc$/m)
    expect(said).toContain(join(stage.directory, 'repo'))
    expect(said).toContain('gratis: git status, git diff')
    const ended = once(child, 'exit')
    child.kill('SIGINT')
    expect(await ended).toEqual([0, null])
    expect(readdirSync(join(stage.directory, 'state/chispart/runtimes'))).toEqual([])
  })

  it('ends as cleanly when it is interrupted at its first word', async () => {
    for (let round = 0; round < 5; round++) {
      const child = stage.begin(['ws', 'start', '--port', '0'])
      child.stdout!.once('data', () => child.kill('SIGINT'))
      expect(await once(child, 'exit')).toEqual([0, null])
    }
    expect(readdirSync(join(stage.directory, 'state/chispart/runtimes'))).toEqual([])
  })

  it('takes any secret as its token, refuses another with 4401, and keeps it to the person', async () => {
    const { url, pid } = await stage.laptop(['--token', 'devtoken'])
    expect(await closeOf(url, 'devtoken')).toBe(1000)
    expect(await closeOf(url, 'other')).toBe(4401)
    const file = join(stage.directory, 'state/chispart/runtimes', `${pid}.json`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const told = readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8')
    expect(told).not.toContain('devtoken')
  })

  it('takes every JWT that JWT_SECRET signs, and no expired, foreign or forged one', async () => {
    const env = { JWT_SECRET: SECRET }
    const { url, pid } = await stage.laptop(['--token', await jwt('5m')], { env })
    expect(await closeOf(url, await jwt('1m'))).toBe(1000)
    expect(await closeOf(url, await jwt(Math.floor(Date.now() / 1000) - 60))).toBe(4401)
    expect(await closeOf(url, await jwt('5m', { audience: 'elsewhere' }))).toBe(4401)
    expect(await closeOf(url, await jwt('5m', { secret: `${SECRET}x` }))).toBe(4401)
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain(SECRET)
    const ran = await stage.run(['exec', '--cwd', 'repo', '--', 'git status -s'])
    expect(ran).toMatchObject({ code: 0, out: Buffer.from('?? new.txt\n') })
  })

  it('does not start with a JWT that is over or that JWT_SECRET did not sign', async () => {
    const env = { JWT_SECRET: SECRET }
    const over = await jwt(Math.floor(Date.now() / 1000) - 60)
    const start = (token: string, env = {}) =>
      stage.run(['ws', 'start', '--port', '0', '--token', token], { env })
    expect(await start(over, env)).toMatchObject({ code: 77, err: expect.stringContaining('expired') })
    expect(await start(over)).toMatchObject({ code: 77, err: expect.stringContaining('expired') })
    const forged = await jwt('5m', { secret: 'another-secret-of-this-test-0123456789' })
    expect(await start(forged, env)).toMatchObject({ code: 77, err: expect.stringContaining('JWT_SECRET') })
  })

  it('names a taken port, a missing directory, an unknown plan and a bad list', async () => {
    const { url } = await stage.laptop()
    const start = (...args: string[]) => stage.run(['ws', 'start', ...args])
    const taken = await start('--port', new URL(url).port)
    expect(taken).toMatchObject({ code: 69, err: expect.stringContaining(new URL(url).port) })
    expect(await start('--root', 'nowhere')).toMatchObject({ code: 66 })
    const plan = await start('--plan', 'gold')
    expect(plan).toMatchObject({ code: 126, err: expect.stringContaining('gratis, basico') })
    expect(await start('--port', '70000')).toMatchObject({ code: 64 })
    const env = { CHISPART_ALLOWLIST: 'nowhere.json' }
    const list = await stage.run(['ws', 'start'], { env })
    expect(list).toMatchObject({ code: 64, err: expect.stringContaining('nowhere.json') })
  })

  it('takes its runtime along when it is killed', async () => {
    const { child, url } = await stage.laptop(['--token', 'devtoken'])
    const socket = new WebSocket(url, { headers: { authorization: 'Bearer devtoken' } })
    await once(socket, 'open')
    const closed = once(socket, 'close')
    child.kill('SIGKILL')
    expect((await closed)[0]).toBe(1001)
    expect(await stage.run(['exec', '--', 'ls'])).toMatchObject({ code: 69 })
  })

  it('is found from inside its directory first, where two run', async () => {
    writeFileSync(join(stage.directory, 'outer.txt'), '')
    await stage.laptop(['--root', 'repo'])
    await stage.laptop()
    const inner = await stage.run(['exec', '--', 'ls'], { cwd: 'repo' })
    expect(inner.out.toString()).toBe('new.txt\n')
    const outer = await stage.run(['exec', '--', 'ls'])
    expect(outer.out.toString()).toContain('outer.txt')
  })
})
