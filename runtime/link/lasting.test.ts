import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ANSWERS_MAX, createLasting } from './lasting.ts'
import type { Answer, Joiner, LastingCalls } from './lasting.ts'
import { SPOOL_MAX } from './spool.ts'

let marks = ''
beforeAll(async () => {
  marks = await mkdtemp(join(tmpdir(), 'marks-'))
})
afterAll(() => rm(marks, { recursive: true }))

function joiner() {
  const events: number[] = []
  const answered = Promise.withResolvers<Answer>()
  const one: Joiner = {
    event: ({ n }) => void events.push(n),
    answer: answered.resolve,
    room: () => undefined,
  }
  return { events, answer: answered.promise, joiner: one }
}

const ask = (calls: LastingCalls, id: string, start: Parameters<LastingCalls['join']>[3], after = 0) => {
  const here = joiner()
  calls.join(id, after, here.joiner, start)
  return here
}
const nothing = () => Promise.reject(new Error('this runs a second time'))

describe('a call that outlives its link', () => {
  it('is joined, and never started again while its answer is known', async () => {
    const calls = createLasting(marks)
    const first = ask(calls, 'a', async (_, emit) => {
      await emit({ type: 'stdout', data: '1' })
      await emit({ type: 'stdout', data: '2' })
      return { exitCode: 0 }
    })
    expect(await first.answer).toEqual({ ok: true, exitCode: 0 })
    calls.leave(first.joiner)
    const second = ask(calls, 'a', nothing, 1)
    expect(await second.answer).toEqual({ ok: true, exitCode: 0 })
    expect(second.events).toEqual([2])
  })

  it('pauses its program at a reader who acknowledges nothing, and loses nothing', async () => {
    const calls = createLasting(marks)
    const data = 'x'.repeat(65_536)
    const sent: number[] = []
    const first = ask(calls, 'b', async (_, emit) => {
      for (let n = 1; n <= 100; n += 1) {
        await emit({ type: 'stdout', data })
        sent.push(n)
      }
      return {}
    })
    await expect.poll(() => first.events.length).toBeGreaterThan(SPOOL_MAX / 70_000)
    calls.leave(first.joiner)
    expect(sent.length).toBeLessThan(40)
    const taken: number[] = []
    const answered = Promise.withResolvers<Answer>()
    const reader: Joiner = {
      event({ n }) {
        taken.push(n)
        setImmediate(() => calls.acknowledge('b', n))
      },
      answer: answered.resolve,
      room: () => undefined,
    }
    calls.join('b', 0, reader, nothing)
    expect(await answered.promise).toEqual({ ok: true })
    expect(taken).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
  })

  it('says to a reader whom another one follows that he is', async () => {
    const calls = createLasting(marks)
    const gate = Promise.withResolvers<Record<string, unknown>>()
    const first = ask(calls, 'c', () => gate.promise)
    const second = ask(calls, 'c', nothing)
    expect(await first.answer).toMatchObject({ ok: false, error: { code: 'conflict' } })
    gate.resolve({})
    expect(await second.answer).toEqual({ ok: true })
  })

  it('is refused by a runtime that did not start it', async () => {
    await ask(createLasting(marks), 'd', () => Promise.resolve({})).answer
    const later = ask(createLasting(marks), 'd', nothing)
    expect(await later.answer).toMatchObject({ ok: false, error: { code: 'unavailable' } })
  })

  it('is made again by a runtime that did not start it when that changes nothing more', async () => {
    const call = (calls: LastingCalls) => {
      const here = joiner()
      calls.join(
        'i',
        0,
        here.joiner,
        () => Promise.resolve({ made: true }),
        () => Promise.resolve(true),
      )
      return here.answer
    }
    expect(await call(createLasting(marks))).toEqual({ ok: true, made: true })
    expect(await call(createLasting(marks))).toEqual({ ok: true, made: true })
  })

  it('is refused too when its answer is forgotten', async () => {
    const calls = createLasting(marks)
    for (let n = 0; n <= ANSWERS_MAX; n += 1) await ask(calls, `e${n}`, () => Promise.resolve({})).answer
    await expect
      .poll(() => ask(calls, 'e0', nothing).answer)
      .toMatchObject({ ok: false, error: { code: 'unavailable' } })
    expect(await ask(calls, `e${ANSWERS_MAX}`, nothing).answer).toEqual({ ok: true })
  })
})
