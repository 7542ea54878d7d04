import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWords, keepEnds } from './kept.ts'

const out = (data: string) => ({ type: 'stdout', data })
const words = (events: readonly unknown[]) =>
  events.map((event) => (isWords(event) ? event.data : '')).join('')

describe('what is kept of events', () => {
  it('is all of them while they fit, words of one kind joined', () => {
    const kept = keepEnds(100)
    const events = [out('a'), out('b'), { type: 'stderr', data: 'c' }, { type: 'step', n: 1 }, out('d')]
    for (const event of events) kept.take(event)
    const all = [out('ab'), { type: 'stderr', data: 'c' }, { type: 'step', n: 1 }, out('d')]
    expect(kept.result()).toEqual({ events: all, head: 4, left: 0 })
  })

  it('is the beginning and the end of what does not fit', () => {
    const kept = keepEnds(10)
    for (const letter of 'abcdefghijklmnopqrstuvwxyz') kept.take(out(letter))
    expect(kept.result()).toEqual({ events: [out('abcde'), out('vwxyz')], head: 1, left: 16 })
  })

  it('cuts one event that is too large, and never a character', () => {
    const kept = keepEnds(10)
    kept.take(out('😀'.repeat(50)))
    const { events, left } = kept.result()
    expect(words(events)).toBe('😀😀😀😀')
    expect(left).toBe(100 - 8)
  })

  it('leaves out whole news, which cannot be cut', () => {
    const kept = keepEnds(50)
    for (let n = 0; n < 9; n += 1) kept.take({ type: 'step', n })
    const { events, head, left } = kept.result()
    expect(events).toEqual([
      { type: 'step', n: 0 },
      { type: 'step', n: 8 },
    ])
    expect([head, left > 0]).toEqual([1, true])
  })

  it('is a beginning and an end of what was said, within the bound, whatever is said', () => {
    const event = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 30 }).map(out),
      fc.string({ maxLength: 30 }).map((data) => ({ type: 'stderr', data })),
    )
    fc.assert(
      fc.property(fc.array(event), fc.integer({ min: 4, max: 100 }), (events, half) => {
        const kept = keepEnds(2 * half)
        for (const one of events) kept.take(one)
        const { events: rest, head, left } = kept.result()
        const said = words(events)
        const [before, after] = [words(rest.slice(0, head)), words(rest.slice(head))]
        expect(said.startsWith(before)).toBe(true)
        expect(said.endsWith(after)).toBe(true)
        expect(before.length + left + after.length).toBe(said.length)
        expect(before.length + after.length).toBeLessThanOrEqual(2 * half)
        expect(rest.every((one) => !isWords(one) || one.data.isWellFormed())).toBe(true)
      }),
    )
  })
})
