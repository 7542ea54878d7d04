import { expect, it } from 'vitest'
import { createRateLimit } from './rate-limit.ts'

it('lets a key take its capacity at once, then one each time that passes', () => {
  let at = 0
  const limit = createRateLimit({ capacity: 2, everyMs: 100, now: () => at })
  expect([limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([true, true, false])
  expect(limit.take('b')).toBe(true)
  at = 99
  expect(limit.take('a')).toBe(false)
  at = 100
  expect([limit.take('a'), limit.take('a')]).toEqual([true, false])
})

it('never holds more than its capacity, however long it waits or is given back', () => {
  let at = 0
  const limit = createRateLimit({ capacity: 1, everyMs: 10, now: () => at })
  limit.giveBack('a')
  at = 1_000_000
  expect([limit.take('a'), limit.take('a')]).toEqual([true, false])
  limit.giveBack('a')
  expect([limit.take('a'), limit.take('a')]).toEqual([true, false])
})

it('forgets the key that was used longest ago, and no other', () => {
  const limit = createRateLimit({ capacity: 1, everyMs: 1e9, maxKeys: 2, now: () => 0 })
  limit.take('a')
  limit.take('b')
  limit.take('a')
  limit.take('c')
  expect(limit.take('a')).toBe(false)
  expect(limit.take('b')).toBe(true)
})
