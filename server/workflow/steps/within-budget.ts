// What a step that asks a model is given when its run has a budget: a limit for the answer, and its cost reserved. Steps
// that cost nothing, and models without a price, go by.
import type { EstimateOf } from '#server/llm/estimate.ts'
import type { Store } from '#server/store/store.ts'
import { reserve } from '#server/workflow/budget.ts'
import type { StepCall } from '#server/workflow/step-runner.ts'
import type { Rendered } from './render.ts'

/** Answers the input to go on with. Fault: exhausted. */
export type WithinBudget = (call: StepCall, op: string, input: Input) => Promise<Input>
type Input = Rendered['input']

export function withinBudget(store: Store, estimateOf: EstimateOf): WithinBudget {
  return async (call, op, input) => {
    if (op !== 'llm.chat' || call.run.workflow.policy.max_cost_usd === undefined) return input
    const { model, max_tokens: maxTokens } = input as { model?: string; max_tokens?: number }
    const estimate = estimateOf({ model, maxTokens, texts: textsOf(input) })
    if (estimate === undefined) return input
    await reserve(store, call, estimate)
    // Without it the answer could be longer than what was reserved for it.
    return { ...input, max_tokens: estimate.outputTokens }
  }
}

function textsOf({ prompt, system, messages }: Input): string[] {
  const said = Array.isArray(messages)
    ? (messages as { content?: unknown }[]).map(({ content }) => content)
    : []
  return [prompt, system, ...said].filter((text) => typeof text === 'string')
}
