import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DELAY_MAX, WINDOW_MAX, WINDOW_MIN, createCredit, createWindow } from './window.ts'

describe('a window', () => {
  it('grows to its most while a flood is consumed at once, and shrinks to its least when the reader is slow', () => {
    const window = createWindow(0)
    const credit = createCredit()
    const round = (delay: number) => {
      const bytes = credit.take(WINDOW_MAX)
      window.received(bytes)
      credit.grant(window.consumed(bytes, 0, delay))
    }
    for (let i = 0; i < 10; i++) round(0)
    expect(window.size()).toBe(WINDOW_MAX)
    for (let i = 0; i < 10; i++) round(DELAY_MAX + 1)
    expect(window.size()).toBe(WINDOW_MIN)
  })

  it('stays as it is where twice as wide would keep a byte for too long', () => {
    const window = createWindow(0)
    const bytesPerMs = 2000
    for (let now = 0; now < 2000;) {
      const wait = window.size() / bytesPerMs
      now += wait
      window.received(window.size())
      window.consumed(window.size(), now, wait)
      expect(window.size()).toBe(WINDOW_MIN)
    }
  })

  it('refuses bytes beyond the credit', () => {
    expect(() => createWindow(0).received(WINDOW_MIN + 1)).toThrow(
      expect.objectContaining({ code: 'invalid' }),
    )
  })

  it('never stalls a sender that keeps to its credit, whatever the pace', () => {
    const step = fc.record({
      bytes: fc.integer({ min: 1, max: WINDOW_MAX }),
      delay: fc.integer({ min: 0, max: 500 }),
      pause: fc.integer({ min: 0, max: 500 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const window = createWindow(0)
        const credit = createCredit()
        let now = 0
        for (const { bytes, delay, pause } of steps) {
          const sent = credit.take(bytes)
          expect(sent).toBeGreaterThan(0)
          window.received(sent)
          credit.grant(window.consumed(sent, (now += pause), delay))
          expect(window.size()).toBeGreaterThanOrEqual(WINDOW_MIN)
          expect(window.size()).toBeLessThanOrEqual(WINDOW_MAX)
        }
      }),
    )
  })
})
