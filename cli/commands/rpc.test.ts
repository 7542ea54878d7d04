import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStage } from '#cli/test-stage.ts'
import type { Stage } from '#cli/test-stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
  await stage.laptop(['--root', 'repo'])
})
afterAll(() => stage.close())

async function rpc(lines: readonly (object | string)[], ...args: string[]) {
  const input = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')
  const ran = await stage.run(['rpc', ...args], { input })
  const text = ran.out.toString().trim()
  const frames =
    text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  return { ...ran, frames }
}

describe('rpc', () => {
  it("takes the seed's frames as they are written, and ends when all are answered", async () => {
    const lines = [
      '{ "op":"exec", "pty":true, "cwd":"/repo", "cmd":"git status" }',
      '{ "op":"git.status", "repo":"/repo" }',
    ]
    const { code, frames } = await rpc(lines, '--raw')
    expect(code).toBe(0)
    expect(frames.filter((frame) => frame['ok'] === true)).toHaveLength(2)
    expect(JSON.stringify(frames)).toContain('new.txt')
  })

  it('numbers calls that have no id, and no other frame', async () => {
    const { frames } = await rpc([{ op: 'file.list' }, { id: 'mine', op: 'file.list' }, { ping: 4 }])
    expect(frames.map(({ id, pong }) => id ?? pong).sort()).toEqual([1, 4, 'mine'])
  })

  it('prints the fault of a broken line and goes on', async () => {
    const { code, frames } = await rpc(['{broken', '[]', { op: 'no.such' }, { ping: 1 }], '--raw')
    expect(code).toBe(0)
    expect(frames.map((frame) => (frame['error'] as { code: string } | undefined)?.code)).toEqual(
      expect.arrayContaining(['malformed', 'not_found', undefined]),
    )
  })

  it('shows the bytes of a stream as lines, and gives them credit', async () => {
    const { frames } = await rpc([{ op: 'exec', cmd: 'cat new.txt', stream: true }])
    const bytes = frames.find((frame) => 'bytes' in frame)?.['bytes'] as string
    expect(Buffer.from(bytes, 'base64').toString()).toBe('x')
    expect(frames.at(-1)).toMatchObject({ ok: true, exitCode: 0 })
  })

  it('sends bytes to a stream, as lines too', async () => {
    const child = stage.begin(['rpc'])
    const frames = createInterface({ input: child.stdout! })
    const say = (frame: object) => child.stdin!.write(`${JSON.stringify(frame)}\n`)
    say({ op: 'exec', cmd: 'grep -n b', stream: true })
    const heard: Record<string, unknown>[] = []
    for await (const line of frames) {
      const frame = JSON.parse(line) as Record<string, unknown>
      heard.push(frame)
      const { stream } = (frame['event'] ?? {}) as { stream?: number }
      if (stream === undefined) continue
      say({ stream, bytes: Buffer.from('abc\nxyz\n').toString('base64') })
      say({ stream, end: true })
      child.stdin!.end()
    }
    const bytes = heard.find((frame) => 'bytes' in frame)?.['bytes'] as string
    expect(Buffer.from(bytes, 'base64').toString()).toBe('1:abc\n')
    expect(heard.at(-1)).toMatchObject({ ok: true, exitCode: 0 })
  })

  it('ends with the fault of a connection that closes with calls unanswered', async () => {
    const { code, frames } = await rpc([{ op: 'exec', cmd: 'x'.repeat(1_100_000) }])
    expect([code, frames]).toEqual([65, []])
  })
})
