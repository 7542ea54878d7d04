// The power over language models within a person's plan: every call whose price is known is charged to them, and refused before
// it is asked when the month's dollars could not bear it. It never reads what is asked or answered.
import type { ChatRequest, Llm } from '#dsl/powers/llm.ts'
import { dropCharge, openCharge, settleCharge } from '#server/llm/charges.ts'
import type { EstimateOf } from '#server/llm/estimate.ts'
import type { QuotaFor } from '#server/quotas.ts'
import type { Store } from '#server/store/store.ts'

export interface MeterParts {
  readonly llm: Llm
  readonly store: Store
  readonly quotaFor: QuotaFor
  /** What a question can cost; what nobody can count is not charged. */
  readonly estimateOf: EstimateOf
}

export function meteredLlm({ llm, store, quotaFor, estimateOf }: MeterParts, owner: string): Llm {
  return {
    async chat(request, told, signal) {
      const estimate = estimateOf(questionOf(request))
      if (estimate === undefined) return llm.chat(request, told, signal)
      const { costUsd, outputTokens } = estimate
      const id = await openCharge(store, { owner, quota: await quotaFor(owner), costUsd })
      let hasAnswered = false
      const tell = (text: string) => {
        hasAnswered = true
        return told(text)
      }
      try {
        // Without it the answer could be longer than what was reserved for it.
        const answer = await llm.chat({ ...request, maxTokens: outputTokens }, tell, signal)
        if (answer.priced) await settleCharge(store, id, answer.costUsd)
        return answer
      } catch (error) {
        // Half an answer is paid for, and so may be one that nobody waited for.
        if (!hasAnswered && !signal.aborted) await dropCharge(store, id)
        throw error
      }
    },
  }
}

function questionOf({ model, messages, maxTokens }: ChatRequest) {
  return { model, maxTokens, texts: messages.map(({ content }) => content) }
}
