import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ANSWER_TOKENS, estimateBy } from './estimate.ts'

const PRICES = { m: { input: 1_000_000, output: 2_000_000 } }
const estimate = estimateBy(PRICES, 'm')

describe('what a question can cost', () => {
  it('is that of all its bytes, and of as long an answer as is allowed', () => {
    expect(estimate({ texts: ['ñ', 'abc'], maxTokens: 10 })).toEqual({
      model: 'm',
      inputTokens: 5 + 48,
      outputTokens: 10,
      costUsd: 53 + 20,
    })
    expect(estimate({ texts: ['a'] })).toMatchObject({ outputTokens: ANSWER_TOKENS })
  })

  it('is never less with more text', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), fc.string({ unit: 'binary' }), (texts, more) => {
        const cost = (all: string[]) => estimate({ texts: all })?.costUsd ?? 0
        expect(cost([...texts, more])).toBeGreaterThan(cost(texts))
      }),
    )
  })

  it('is not known of a model without a price', () => {
    expect(estimate({ model: 'other', texts: ['a'] })).toBeUndefined()
    expect(estimateBy(PRICES, undefined)({ texts: ['a'] })).toBeUndefined()
  })
})
