import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NOTE } from './log-limit.ts'
import { LOG_LIMIT, openTestArtifacts, place } from './test-artifacts.ts'
import type { TestArtifacts } from './test-artifacts.ts'

let stage: TestArtifacts
beforeAll(async () => void (stage = await openTestArtifacts()))
afterAll(() => stage.close())

const bytes = (text: string) => Buffer.from(text)

async function whole(step: string, attempt?: number): Promise<string> {
  let text = ''
  for (let offset = 0; ;) {
    const page = await stage.mine.log('r1', step, { attempt, offset })
    text += page.text
    if (page.end === offset) return text
    offset = page.end
  }
}

describe('the log of a step', () => {
  it('is read while the step runs, and after it', async () => {
    const log = await stage.keeper.log(place('live'))
    await log.append(0, bytes('one\n'))
    expect(await stage.mine.log('r1', 'live', { offset: 0 })).toEqual({ text: 'one\n', end: 4, open: true })
    await log.append(4, bytes('two\n'))
    expect(await stage.mine.log('r1', 'live', { offset: 4 })).toEqual({ text: 'two\n', end: 8, open: true })
    await log.close()
    expect(await stage.mine.log('r1', 'live', { offset: 4 })).toEqual({ text: 'two\n', end: 8, open: false })
    expect(await stage.mine.log('r1', 'live', { offset: 8 })).toEqual({ text: '', end: 8, open: false })
  })

  it('lets go of bytes that are there already, and takes the rest of what overlaps', async () => {
    const log = await stage.keeper.log(place('again'))
    await log.append(0, bytes('abcd'))
    await log.append(0, bytes('abcd'))
    await log.append(2, bytes('cdef'))
    await log.append(1, bytes('b'))
    expect(log.length).toBe(6)
    expect(await whole('again')).toBe('abcdef')
  })

  it('refuses a gap, and says from where on it goes on', async () => {
    const log = await stage.keeper.log(place('gap'))
    await log.append(0, bytes('ab\n'))
    await expect(log.append(5, bytes('f'))).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('from 3 on') as string,
    })
    expect(await whole('gap')).toBe('ab\n')
  })

  it('says to who joins it how much is durable, and that is after a crash too', async () => {
    const first = await stage.keeper.log(place('joined'))
    await first.append(0, bytes('before'))
    const second = await stage.open().keeper.log(place('joined'))
    expect(second.length).toBe(6)
  })

  it('holds every byte once when many writers append the same stream in pieces of their own', async () => {
    const text = Array.from({ length: 3000 }, (_, n) => `${n}\n`).join('')
    const writer = async (size: number) => {
      const log = await stage.open().keeper.log(place('crowd'))
      for (let at = 0; at < text.length; at += size) await log.append(at, bytes(text.slice(at, at + size)))
    }
    await Promise.all([97, 512, 1000, 333].map(writer))
    const log = await stage.keeper.log(place('crowd'))
    await log.close()
    expect(await whole('crowd')).toBe(text)
  })

  it('becomes one artifact of kind log, however many close it', async () => {
    const log = await stage.keeper.log(place('closed', 'r2'))
    await log.append(0, bytes('done\n'))
    const other = await stage.open().keeper.log(place('closed', 'r2'))
    await Promise.all([log.close(), other.close(), log.close()])
    expect(await stage.mine.list('r2')).toEqual([
      expect.objectContaining({ step: 'closed', kind: 'log', name: 'closed.log', bytes: 5, attempt: 1 }),
    ])
    const left = await stage.store.db.$client`select * from step_log_chunks where run = 'r2'`
    expect(left).toHaveLength(0)
  })

  it('that is closed lets go of a late append, and refuses more', async () => {
    const log = await stage.keeper.log(place('late'))
    await log.append(0, bytes('all'))
    await log.close()
    await log.append(0, bytes('all'))
    await expect(log.append(3, bytes('!'))).rejects.toMatchObject({ code: 'conflict' })
    expect(await whole('late')).toBe('all')
  })

  it('loses no byte of an append that races with its end: it is in the log, or it was refused', async () => {
    const log = await stage.keeper.log(place('race'))
    let accepted = 0
    const write = async () => {
      for (let at = 0; at < 200; at++) {
        await log.append(at, bytes('x'))
        accepted = at + 1
      }
    }
    const writing = write().catch((error: unknown) => error)
    await expect.poll(() => accepted).toBeGreaterThan(20)
    await log.close()
    await writing
    expect(await whole('race')).toBe('x'.repeat(accepted))
  })

  it('of the latest attempt is the one that is meant when none is said', async () => {
    const first = await stage.keeper.log(place('tried', 'r1', 1))
    await first.append(0, bytes('one\n'))
    const second = await stage.keeper.log(place('tried', 'r1', 2))
    await second.append(0, bytes('two\n'))
    expect(await whole('tried')).toBe('two\n')
    expect(await whole('tried', 1)).toBe('one\n')
  })

  it('never splits a character, neither between appends nor between pages', async () => {
    const text = 'añ€😀'.repeat(80_000)
    const all = bytes(text)
    const log = await stage.keeper.log(place('letters'))
    for (let at = 0; at < all.length; at += 250_001) await log.append(at, all.subarray(at, at + 250_001))
    expect(await whole('letters')).toBe(text)
    await log.close()
    expect(await whole('letters')).toBe(text)
    const { text: page } = await stage.mine.log('r1', 'letters', { offset: 0 })
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(1_048_576)
  })

  it('holds back a character of which the rest is yet to come', async () => {
    const log = await stage.keeper.log(place('half'))
    await log.append(0, Buffer.from([0x61, 0xf0, 0x9f]))
    expect(await stage.mine.log('r1', 'half', { offset: 0 })).toEqual({ text: 'a', end: 1, open: true })
    await log.append(3, Buffer.from([0x98, 0x80]))
    expect(await stage.mine.log('r1', 'half', { offset: 1 })).toEqual({ text: '😀', end: 5, open: true })
  })

  it('goes on behind bytes that are no text', async () => {
    const log = await stage.keeper.log(place('binary'))
    await log.append(0, Buffer.from([0xff, 0xfe, 0x00, 0x41, 0xc3]))
    await log.close()
    expect(await whole('binary')).toBe('\ufffd\ufffd\0A\ufffd')
  })

  it('keeps its first bytes up to the limit and says so, once, while the count goes on', async () => {
    const log = await stage.keeper.log(place('long'))
    const piece = Buffer.alloc(300_000, 'y')
    for (let at = 0; at < LOG_LIMIT + 600_000; at += piece.length) await log.append(at, piece)
    expect(log.length).toBe(1_800_000)
    expect(await whole('long')).toBe('y'.repeat(LOG_LIMIT) + NOTE)
    await log.close()
    expect(await whole('long')).toBe('y'.repeat(LOG_LIMIT) + NOTE)
  })

  it('that prints exactly the limit has no note', async () => {
    const log = await stage.keeper.log(place('exact'))
    await log.append(0, Buffer.alloc(LOG_LIMIT, 'z'))
    expect(await whole('exact')).toBe('z'.repeat(LOG_LIMIT))
  })

  it('that was never written is empty, and one that was never opened is not there', async () => {
    const log = await stage.keeper.log(place('quiet'))
    expect(await stage.mine.log('r1', 'quiet', { offset: 0 })).toEqual({ text: '', end: 0, open: true })
    await log.close()
    expect(await stage.mine.log('r1', 'quiet', { offset: 9 })).toEqual({ text: '', end: 0, open: false })
    await expect(stage.mine.log('r1', 'a\0', { offset: 0 })).rejects.toMatchObject({ code: 'not_found' })
    await expect(stage.mine.log('r1', 'nobody', { offset: 0 })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is hidden from everyone but the owner of the run', async () => {
    await stage.keeper.log(place('private'))
    const refused = { code: 'not_found', message: 'You have no run "r1". List yours by run.list.' }
    await expect(stage.theirs.log('r1', 'private', { offset: 0 })).rejects.toMatchObject(refused)
    await expect(stage.mine.log('no such run', 'x', { offset: 0 })).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})

describe('the recording of a step on a terminal', () => {
  const SCREEN = { cols: 90, rows: 20 }

  async function recordings(step: string) {
    const found = (await stage.mine.list('r1')).filter((one) => one.step === step && one.kind === 'recording')
    const texts = found.map(async ({ sha256, bytes: size }) =>
      text(await stage.blobs.get({ sha256, bytes: size })),
    )
    return { found, lines: (await Promise.all(texts)).map((whole) => whole.trimEnd().split('\n')) }
  }
  const parsed = (lines: readonly string[] | undefined) =>
    (lines ?? []).map((line) => JSON.parse(line) as unknown)

  it('says what was shown when, by the clock of the database, and is there after a crash too', async () => {
    const log = await stage.keeper.log(place('cast'))
    const tick = Buffer.from('\u001b[32m✓')
    await log.append(0, bytes('one\r\n'))
    await log.append(5, tick.subarray(0, 6))
    await stage.store.db.$client`update step_log_chunks set "writtenAt" = "writtenAt" - interval '2.5 seconds'
      where step = 'cast' and at = 0`
    // The server dies here; the next one gets again what it has not said to be safe, and the rest.
    const next = await stage.open().keeper.log(place('cast'))
    await next.append(5, tick)
    await next.close(SCREEN)
    await next.close(SCREEN)
    const { found, lines } = await recordings('cast')
    expect(found).toMatchObject([{ name: 'cast.cast', type: 'application/x-asciicast', attempt: 1 }])
    const [header, ...events] = parsed(lines[0]) as [object, ...[number, string, string][]]
    expect(header).toMatchObject({ version: 2, width: 90, height: 20, env: { TERM: 'xterm-256color' } })
    expect(events.map(([, type, data]) => [type, data])).toEqual([
      ['o', 'one\r\n'],
      ['o', '\u001b[32m'],
      ['o', '✓'],
    ])
    expect(events[0]?.[0]).toBe(0)
    expect(events[1]?.[0]).toBeGreaterThanOrEqual(2.5)
    expect(events[1]?.[0]).toBeLessThan(60)
    expect(await whole('cast')).toBe('one\r\n\u001b[32m✓')
  })

  it('of many pieces and large ones is whole', async () => {
    const log = await stage.keeper.log(place('pieces'))
    const large = 'é'.repeat(200_000)
    let said = ''
    for (let n = 0; n < 100; n++) {
      const piece = n === 50 ? large : `${n} `
      await log.append(Buffer.byteLength(said), bytes(piece))
      said += piece
    }
    await log.close(SCREEN)
    const { lines } = await recordings('pieces')
    const events = parsed(lines[0]).slice(1) as [number, string, string][]
    expect(events.map(([, , data]) => data).join('') === said).toBe(true)
  })

  it('is not made of a step without a terminal', async () => {
    const log = await stage.keeper.log(place('plain'))
    await log.append(0, bytes('x'))
    await log.close()
    expect((await recordings('plain')).found).toEqual([])
  })
})

describe('who waits for more of a log', () => {
  it('has it when it is appended, also the first of it', async () => {
    const first = stage.mine.log('r1', 'awaited', { offset: 0, wait: 20_000 })
    const log = await stage.keeper.log(place('awaited'))
    await log.append(0, bytes('one\n'))
    expect(await first).toEqual({ text: 'one\n', end: 4, open: true })
    const second = stage.mine.log('r1', 'awaited', { offset: 4, wait: 20_000 })
    await log.append(4, bytes('two\n'))
    expect(await second).toEqual({ text: 'two\n', end: 8, open: true })
    const last = stage.mine.log('r1', 'awaited', { offset: 8, wait: 20_000 })
    await log.close()
    expect(await last).toEqual({ text: '', end: 8, open: false })
  })

  it('has what another process appends', async () => {
    const log = await stage.open().keeper.log(place('elsewhere'))
    const page = stage.mine.log('r1', 'elsewhere', { offset: 0, wait: 20_000 })
    await log.append(0, bytes('far\n'))
    expect(await page).toMatchObject({ text: 'far\n' })
  })

  it('is told that there was nothing, when the wait is over or the caller has gone', async () => {
    await expect(stage.mine.log('r1', 'never', { offset: 0, wait: 10 })).rejects.toMatchObject({
      code: 'not_found',
    })
    await stage.keeper.log(place('silent'))
    expect(await stage.mine.log('r1', 'silent', { offset: 0, wait: 10 })).toMatchObject({
      text: '',
      open: true,
    })
    const gone = new AbortController()
    const page = stage.mine.log('r1', 'silent', { offset: 0, wait: 20_000 }, gone.signal)
    gone.abort(new Error('hung up'))
    await expect(page).rejects.toThrow('hung up')
  })
})
