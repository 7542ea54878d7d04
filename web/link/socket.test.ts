// How long a page waits between attempts.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffOf } from './socket.ts'

describe('the backoff', () => {
  it('grows from 100 ms to 5 s and is spread by half', () => {
    expect([0, 1, 2, 9].map((attempt) => backoffOf(attempt, 1))).toEqual([100, 200, 400, 5000])
    expect(backoffOf(0, 0)).toBe(50)
  })
  it('never passes 5 s, however long the server is away', () => {
    const attempt = fc.nat({ max: 100_000 })
    fc.assert(
      fc.property(attempt, fc.double({ min: 0, max: 1, noNaN: true }), (n, r) => backoffOf(n, r) <= 5000),
    )
  })
})
