import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costOf, loadPrices } from './prices.ts'

describe('the prices of models', () => {
  const prices = loadPrices('config/prices.json')

  it('are US dollars per million tokens', () => {
    const usage = { inputTokens: 2_000_000, outputTokens: 500_000 }
    expect(costOf({ m: { input: 3, output: 10 } }, 'm', usage)).toBe(11)
    expect(costOf(prices, 'o3-mini', usage)).toBeCloseTo(4.4)
  })

  it('are of the exact name before that of its last part', () => {
    const two = { 'v/m': { input: 1, output: 0 }, m: { input: 2, output: 0 } }
    const usage = { inputTokens: 1_000_000, outputTokens: 0 }
    expect(['v/m', 'x/m', 'm', 'm/'].map((name) => costOf(two, name, usage))).toEqual([1, 2, 2, undefined])
  })

  it('never guess: no name but those of the list has one', () => {
    const usage = { inputTokens: 1, outputTokens: 1 }
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString')), (name) => {
        const listed = Object.keys(prices).includes(name.split('/').at(-1) ?? '')
        expect(costOf(prices, name, usage) !== undefined).toBe(listed)
      }),
    )
  })

  it('of a file that holds none are refused, with the variable that names it', () => {
    expect(() => loadPrices('package.json')).toThrow(/CHISPART_PRICES .*package\.json/)
    expect(() => loadPrices('no-such-file')).toThrow(/CHISPART_PRICES/)
  })
})
