import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { livingRuntimes, profiles, rememberProfile, rememberRuntime } from './state.ts'

let stateDir: string
beforeEach(() => {
  stateDir = join(mkdtempSync(join(tmpdir(), 'state-')), 'chispart')
})
afterEach(() => rmSync(join(stateDir, '..'), { recursive: true }))

const runtime = (pid: number) => ({ url: 'ws://127.0.0.1:1/rpc', token: 't', pid, root: '/', startedAt: 1 })

describe('what the CLI remembers', () => {
  it('is a runtime while it lives, and nothing of a dead one', () => {
    const dead = spawnSync('true').pid
    rememberRuntime(stateDir, runtime(dead))
    const forget = rememberRuntime(stateDir, runtime(process.pid))
    expect(livingRuntimes(stateDir).map(({ pid }) => pid)).toEqual([process.pid])
    expect(readdirSync(join(stateDir, 'runtimes'))).toEqual([`${process.pid}.json`])
    forget()
    expect(livingRuntimes(stateDir)).toEqual([])
  })

  it('is for the person alone', () => {
    rememberProfile(stateDir, { url: 'http://a', token: 't', device: 'd' })
    expect(statSync(stateDir).mode & 0o777).toBe(0o700)
    expect(statSync(join(stateDir, 'profiles.json')).mode & 0o777).toBe(0o600)
  })

  it('is one pairing for each server, the newest first', () => {
    for (const url of ['http://a', 'http://b', 'http://a'])
      rememberProfile(stateDir, { url, token: `t${url}`, device: 'd' })
    expect(profiles(stateDir).map(({ url }) => url)).toEqual(['http://a', 'http://b'])
  })

  it('is nothing when a file is not there or not ours to understand', () => {
    expect([livingRuntimes(stateDir), profiles(stateDir)]).toEqual([[], []])
    rememberRuntime(stateDir, runtime(process.pid))
    writeFileSync(join(stateDir, 'runtimes', 'x.json'), '{"pid":')
    writeFileSync(join(stateDir, 'profiles.json'), '{}')
    expect([livingRuntimes(stateDir).length, profiles(stateDir)]).toEqual([1, []])
  })
})
