// What a question to a model can cost at most, before it is asked. A token has one byte or more, so that the bytes of a
// question are never fewer than its tokens; the answer has as many as it is allowed.
import type { Prices } from './prices.ts'
import { costOf } from './prices.ts'

/** Tokens of an answer when nobody says how many, and a budget has to know. */
export const ANSWER_TOKENS = 4096
/** What a provider puts around every message, with room to spare. */
const MESSAGE_TOKENS = 16

export interface Question {
  readonly model?: string | undefined
  /** Every text of it. */
  readonly texts: readonly string[]
  readonly maxTokens?: number | undefined
}

export interface Estimate {
  readonly model: string
  /** At most. */
  readonly costUsd: number
  readonly inputTokens: number
  readonly outputTokens: number
}

/** Undefined for a model without a price: what nobody can count is not reserved. */
export type EstimateOf = (question: Question) => Estimate | undefined

export function estimateBy(prices: Prices, usualModel: string | undefined): EstimateOf {
  return ({ model = usualModel, texts, maxTokens: outputTokens = ANSWER_TOKENS }) => {
    if (model === undefined) return undefined
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
    const inputTokens = bytes + MESSAGE_TOKENS * (texts.length + 1)
    const costUsd = costOf(prices, model, { inputTokens, outputTokens })
    return costUsd === undefined ? undefined : { model, costUsd, inputTokens, outputTokens }
  }
}
