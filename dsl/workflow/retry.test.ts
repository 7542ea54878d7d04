import { describe, expect, it } from 'vitest'
import { isRetried, retryDelay } from './retry.ts'
import type { Retry } from './model.ts'

const retry = (backoff: Retry['backoff'], attempts = 3): Retry => ({
  attempts,
  backoff,
  delay_ms: 1000,
  max_delay_ms: 10_000,
})
const longest = 1 - Number.EPSILON

describe('the wait before another try', () => {
  it.each([
    ['constant', [1000, 1000, 1000, 1000, 1000]],
    ['linear', [1000, 2000, 3000, 4000, 5000]],
    ['exponential', [1000, 2000, 4000, 8000, 10_000]],
  ] as const)('grows %sly, and never past its limit', (backoff, waits) => {
    expect([1, 2, 3, 4, 5].map((attempt) => retryDelay(retry(backoff), attempt, longest))).toEqual(waits)
    expect(retryDelay(retry(backoff), 1000, longest)).toBeLessThanOrEqual(10_000)
  })

  it('is drawn from its upper half', () => {
    expect(retryDelay(retry('constant'), 1, 0)).toBe(500)
    expect(retryDelay(retry('constant'), 1, 0.5)).toBe(750)
  })
})

describe('another try', () => {
  it('is made while there are tries left', () => {
    expect(isRetried(retry('constant', 2), 1, { exitCode: 1 })).toBe(true)
    expect(isRetried(retry('constant', 2), 2, { exitCode: 1 })).toBe(false)
  })

  it('is made for faults that it may mend', () => {
    expect(isRetried(retry('constant'), 1, { fault: 'unavailable' })).toBe(true)
    expect(isRetried(retry('constant'), 1, { fault: 'timed_out' })).toBe(true)
    expect(isRetried(retry('constant'), 1, { fault: 'denied' })).toBe(false)
    expect(isRetried(retry('constant'), 1, { fault: 'invalid' })).toBe(false)
  })
})
