import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Config } from './config.ts'
import { findEndpoint, newEndpoint, originOf } from './endpoint.ts'
import { rememberProfile, rememberRuntime } from './state.ts'

let stateDir: string
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'endpoint-'))
})
afterEach(() => rmSync(stateDir, { recursive: true }))

const config = (more: Partial<Config> = {}): Config => ({
  url: undefined,
  token: undefined,
  jwtSecret: undefined,
  ownerToken: undefined,
  allowlist: undefined,
  color: false,
  stateDir,
  ...more,
})
const laptop = (root: string, port = 8765) =>
  rememberRuntime(stateDir, {
    url: `ws://127.0.0.1:${port}/rpc`,
    token: `of-${port}`,
    pid: process.pid,
    root,
    startedAt: port,
  })
const paired = (url: string) => rememberProfile(stateDir, { url, token: `of ${url}`, device: 'd' })

describe('the other side', () => {
  it('is the one that is named, then the laptop runtime, then the paired server, then localhost', () => {
    expect(findEndpoint({}, config(), '/')).toEqual({ url: 'http://localhost:3000', token: undefined })
    paired('https://paired.example')
    expect(findEndpoint({}, config(), '/').url).toBe('https://paired.example')
    laptop('/repo')
    expect(findEndpoint({}, config(), '/')).toEqual({
      url: 'http://127.0.0.1:8765',
      token: 'of-8765',
      root: '/repo',
    })
    expect(findEndpoint({}, config({ url: 'http://env.example' }), '/').url).toBe('http://env.example')
    const named = { url: 'http://flag.example' }
    expect(findEndpoint(named, config({ url: 'http://env.example' }), '/').url).toBe('http://flag.example')
  })

  it('is never a laptop runtime for what only a server answers', () => {
    laptop('/repo')
    expect(findEndpoint({}, config(), '/repo', 'control').url).toBe('http://localhost:3000')
  })

  it('gets the token that was given for its address, and no other one', () => {
    paired('https://paired.example')
    laptop('/repo')
    expect(findEndpoint({ url: 'https://paired.example/x' }, config(), '/').token).toBe(
      'of https://paired.example',
    )
    expect(findEndpoint({ url: 'ws://127.0.0.1:8765' }, config(), '/')).toMatchObject({
      token: 'of-8765',
      root: '/repo',
    })
    expect(findEndpoint({ url: 'https://evil.example' }, config(), '/').token).toBeUndefined()
    expect(newEndpoint({ url: 'https://paired.example' }, config()).token).toBeUndefined()
  })

  it('is the server of the token that is given, not the one paired before', () => {
    paired('https://paired.example')
    expect(findEndpoint({ token: 't' }, config(), '/')).toEqual({ url: 'http://localhost:3000', token: 't' })
  })

  it('is an address, or the fault says how one is written', () => {
    expect(originOf('wss://host.example/rpc?x')).toBe('https://host.example')
    for (const bad of ['host', 'ftp://host', 'http://user:pw@host', '/x'])
      expect(() => originOf(bad)).toThrow('Write http://')
  })
})
