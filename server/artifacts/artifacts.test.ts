import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createArtifacts } from './artifacts.ts'
import { s3Blobs } from './s3-blobs.ts'
import { openTestArtifacts, place, stream } from './test-artifacts.ts'
import type { TestArtifacts } from './test-artifacts.ts'

let stage: TestArtifacts
beforeAll(async () => void (stage = await openTestArtifacts()))
afterAll(() => stage.close())

const named = (name: string, more: object = {}) => ({
  ...place('build', 'r1'),
  name,
  kind: 'file' as const,
  type: 'text/plain',
  ...more,
})
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const staged = () => readdir(join(stage.dir, 'staging')).catch(() => [])

describe('what a step leaves behind', () => {
  it('is listed with its hash, its size and the day it goes', async () => {
    const made = await stage.keeper.add(named('dist/app.js', { retentionDays: 2 }), stream('let a'))
    expect(made).toEqual({
      ...{ id: made.id, run: 'r1', step: 'build', attempt: 1, name: 'dist/app.js', kind: 'file' },
      ...{ type: 'text/plain', bytes: 5, sha256: sha256('let a') },
      ...{ createdAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-01-03T00:00:00.000Z' },
    })
    expect(await stage.mine.list('r1')).toEqual([made])
  })

  it('stays thirty days when the workflow does not say', async () => {
    const made = await stage.keeper.add(named('thirty'), stream('30'))
    expect(made.expiresAt).toBe('2026-01-31T00:00:00.000Z')
  })

  it('is replaced by one of the same place and name; the link to the old one leads nowhere', async () => {
    const first = await stage.keeper.add(named('twice'), stream('first'))
    const second = await stage.keeper.add(named('twice'), stream('second'))
    const twice = (await stage.mine.list('r1')).filter(({ name }) => name === 'twice')
    expect(twice).toEqual([second])
    await expect(stage.mine.link(first.id)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is one, too, when many add it at once', async () => {
    const texts = Array.from({ length: 8 }, (_, n) => `content ${n}`)
    await Promise.all(texts.map((text) => stage.keeper.add(named('crowd'), stream(text))))
    expect((await stage.mine.list('r1')).filter(({ name }) => name === 'crowd')).toHaveLength(1)
  })

  it('is kept once however often the same bytes come', async () => {
    const add = (n: number) => stage.keeper.add(named(`same ${n}`), stream('the same'))
    const made = await Promise.all([1, 2, 3, 4, 5].map(add))
    expect(new Set(made.map((one) => one.sha256)).size).toBe(1)
    expect(await readdir(join(stage.dir, sha256('the same').slice(0, 2)))).toEqual([sha256('the same')])
  })

  it('that is too large is refused, and nothing of it stays', async () => {
    const large = Readable.from(Array.from({ length: 9 }, () => Buffer.alloc(1_048_576)))
    await expect(stage.keeper.add(named('large'), large)).rejects.toMatchObject({ code: 'too_large' })
    expect(large.destroyed).toBe(true)
    expect(await staged()).toEqual([])
    expect((await stage.mine.list('r1')).some(({ name }) => name === 'large')).toBe(false)
  })

  it('whose source breaks off is not there', async () => {
    const broken = Readable.from(
      (async function* () {
        yield await Promise.resolve(Buffer.from('half'))
        throw new Error('the sandbox went away')
      })(),
    )
    await expect(stage.keeper.add(named('broken'), broken)).rejects.toThrow('the sandbox went away')
    expect(await staged()).toEqual([])
  })

  it.each(['', 'a\nb', 'a\0b', 'x'.repeat(1025)])('is refused by the name %j', async (name) => {
    const source = stream('x')
    await expect(stage.keeper.add(named(name), source)).rejects.toMatchObject({ code: 'invalid' })
    expect(source.destroyed).toBe(true)
  })

  it('that somebody stops is not there, whoever waits for its bytes', async () => {
    const endless = new Readable({ read: () => undefined })
    const adding = stage.keeper.add(named('stopped'), endless)
    await expect.poll(staged).toHaveLength(1)
    endless.destroy(new Error('cancelled'))
    await expect(adding).rejects.toThrow('cancelled')
    expect(await staged()).toEqual([])
  })

  it('is hidden from everyone but the owner of the run', async () => {
    const made = await stage.keeper.add(named('private'), stream('mine'))
    await expect(stage.theirs.list('r1')).rejects.toMatchObject({ code: 'not_found' })
    await expect(stage.theirs.link(made.id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(stage.mine.link('a\0')).rejects.toMatchObject({ code: 'not_found' })
    await expect(stage.mine.list('r1\0')).rejects.toMatchObject({ code: 'not_found' })
    await expect(stage.mine.link('no such artifact')).rejects.toMatchObject({ code: 'not_found' })
  })
})

it('a place that keeps nothing is told to the log at the start, with what would make it right', async () => {
  const said: string[] = []
  const log = pino({ level: 'error' }, { write: (line: string) => void said.push(line) })
  const closed = s3Blobs({
    endpoint: 'http://127.0.0.1:1',
    accessKey: 'a',
    secretKey: 'a secret that is told to nobody',
    bucket: 'b',
    region: 'us-east-1',
  })
  const artifacts = createArtifacts({ ...stage, blobs: closed, log })
  await artifacts.close()
  closed.close()
  expect(said.join('')).toContain('artifacts cannot be kept')
  expect(said.join('')).toContain('S3_ENDPOINT')
  expect(said.join('')).not.toContain('a secret that is told to nobody')
})
