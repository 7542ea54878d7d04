import { realpathSync } from 'node:fs'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { duplexPair } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { framePayload, packFrame } from '#dsl/wire/frame.ts'
import type { Place } from '#runtime/grant.ts'
import { readPackets, writeBinary, writeText } from './packet.ts'
import { servePeer } from './peer.ts'

type Frame = Record<string, unknown>
const GRANT = { plan: 'libre', commands: ['*'], terminals: true }

async function start() {
  const root = realpathSync(await mkdtemp(join(tmpdir(), 'peer-')))
  const env = { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' }
  const place: Place = {
    jail: { roots: [root], home: root },
    terminals: new Map(),
    env,
  }
  const [near, far] = duplexPair()
  const serving = servePeer(place, far)
  const texts: Frame[] = []
  let output = Buffer.alloc(0)
  const checks = new Set<() => void>()
  const look = () => checks.forEach((check) => check())
  readPackets(near, {
    text: (text) => (texts.push(JSON.parse(text) as Frame), look()),
    binary(frame) {
      const bytes = framePayload(frame)
      output = Buffer.concat([output, bytes])
      writeText(near, JSON.stringify({ stream: 7, credit: bytes.length }))
      look()
      return true
    },
  })
  const until = <T>(find: () => T | undefined) =>
    new Promise<T>((resolve) => {
      const check = () => {
        const found = find()
        if (found === undefined) return
        checks.delete(check)
        resolve(found)
      }
      checks.add(check)
      check()
    })
  const call = (id: string, op: string, input: Frame) =>
    writeText(near, JSON.stringify({ call: id, op, input, grant: GRANT, streams: [7, 8] }))
  const answer = (id: string) => until(() => texts.find((frame) => frame['id'] === id && 'ok' in frame))
  return { near, texts, until, call, answer, serving, output: () => output }
}

async function state(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat.split(') ')[1]?.[0] ?? ''
}

describe('the runtime behind a link', () => {
  it('opens a terminal, echoes what is typed and tells the exit code', async () => {
    const { near, call, answer, until, output, texts, serving } = await start()
    call('a', 'pty.open', { cmd: 'read line; echo got:$line; exit 3' })
    expect(await answer('a')).toMatchObject({ ok: true, stream: 7, cursor: 0 })
    writeBinary(near, packFrame(7, Buffer.from('ñ\r')))
    await until(() => (output().includes('got:ñ') ? true : undefined))
    expect(await until(() => texts.find((frame) => frame['end']))).toMatchObject({ stream: 7, exitCode: 3 })
    near.destroy()
    await serving
  })

  it('carries 10 000 lines of UTF-8 whole through credit', async () => {
    const { near, call, until, output, texts } = await start()
    call('a', 'pty.open', { cmd: 'for i in $(seq 10000); do echo "línea $i ✓"; done' })
    await until(() => texts.find((frame) => frame['end']))
    const lines = Array.from({ length: 10_000 }, (_, n) => `línea ${n + 1} ✓\r\n`).join('')
    expect(output().toString('utf8') === lines).toBe(true)
    near.destroy()
  })

  it('runs a command and splits its stderr', async () => {
    const { near, call, answer, texts } = await start()
    call('a', 'exec', { cmd: 'echo out; echo err >&2; exit 4' })
    expect(await answer('a')).toMatchObject({ ok: true, exitCode: 4 })
    const events = texts.map((frame) => frame['event']).filter(Boolean)
    expect(events).toContainEqual({ type: 'stdout', data: 'out\n' })
    expect(events).toContainEqual({ type: 'stderr', data: 'err\n' })
    near.destroy()
  })

  it('kills the whole process group of a cancelled command', async () => {
    const { near, call, answer, until, texts } = await start()
    call('a', 'exec', { cmd: 'sleep 60 & echo $!; wait' })
    const event = await until(() => texts.find((frame) => frame['event']))
    const pid = Number((event['event'] as { data: string }).data)
    writeText(near, '{"cancel":"a"}')
    expect(await answer('a')).toMatchObject({ ok: false, error: { code: 'cancelled' } })
    // Killed, it ends by itself, and whoever adopts orphans here may not have collected it then.
    await expect.poll(() => state(pid)).toMatch(/^[ZX]?$/)
    near.destroy()
  })
})
