// Times as they are read.
import { describe, expect, it } from 'vitest'
import { ago, countdown, dateOf, duration } from './time.ts'

const NOW = Date.parse('2026-11-24T12:00:00Z')

describe('times', () => {
  it.each([
    ['en', '2026-11-24T11:59:30Z', 'now'],
    ['en', '2026-11-24T11:57:00Z', '3 minutes ago'],
    ['en', '2026-11-23T11:00:00Z', 'yesterday'],
    ['es', '2026-11-24T11:57:00Z', 'hace 3 minutos'],
    ['es', '2026-11-23T11:00:00Z', 'ayer'],
  ] as const)('are said in %s: %s is %s', (language, iso, said) => {
    expect(ago(language, iso, NOW)).toBe(said)
  })
  it('are now when a clock is slow', () => {
    expect(ago('en', '2026-11-24T12:05:00Z', NOW)).toBe('now')
  })
  it('have dates without hours', () => {
    expect([dateOf('en', '2026-11-24T12:00:00Z'), dateOf('es', '2026-11-24T12:00:00Z')]).toEqual([
      'November 24, 2026',
      '24 de noviembre de 2026',
    ])
  })
  it('count down to zero and not below', () => {
    expect([600_000, 65_001, 999, 0, -5].map(countdown)).toEqual(['10:00', '1:06', '0:01', '0:00', '0:00'])
  })
  it.each([
    [840, '0.8 s'],
    [12_400, '12 s'],
    [185_000, '3 min 5 s'],
    [600_000, '10 min'],
    [7_440_000, '2 h 4 min'],
    [-5, '0.0 s'],
  ])('have durations: %i ms is %s', (ms, said) => {
    expect(duration(ms)).toBe(said)
  })
})
