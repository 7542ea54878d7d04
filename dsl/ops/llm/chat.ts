// llm.chat: ask a language model, streaming its answer. What it costs is in the answer, and never guessed.
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import { op } from '#dsl/op.ts'
import { once } from '#dsl/ops/fields.ts'
import type { ChatMessage } from '#dsl/powers/llm.ts'

const content = () => z.string().min(1).max(1_048_576)

export const llmChat = op({
  name: 'llm.chat',
  summary: 'Ask a language model, streaming its answer',
  needs: ['llm'],
  runs: 'control',
  effect: 'write',
  timeoutMs: 600_000,
  input: z.object({
    provider: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .describe("`custom` (LLM_BASE_URL) or `blackbox`; the server's first when left out"),
    model: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe("As the provider calls it; the server's default when left out"),
    prompt: content().optional().describe('One question; or else `messages`'),
    messages: z
      .array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: content() }).strict())
      .min(1)
      .max(1000)
      .optional()
      .describe('A conversation; or else `prompt`'),
    system: content().optional().describe('What the model is told before everything'),
    max_tokens: z.int().min(1).max(10_000_000).optional().describe('Tokens that the answer may have'),
    temperature: z.number().min(0).max(2).optional(),
    once: once(),
  }),
  events: z.object({ type: z.literal('text'), data: z.string() }),
  output: z.object({
    text: z.string(),
    provider: z.string(),
    model: z.string(),
    finish: z
      .enum(['stop', 'length', 'content-filter', 'other'])
      .describe('`length`: the text is cut, max_tokens or the model allowed no more'),
    usage: z
      .object({ inputTokens: z.int(), outputTokens: z.int() })
      .describe('0 when the provider is silent'),
    costUsd: z.number().describe('By the list of prices; 0 when `priced` is false'),
    priced: z.boolean().describe('Whether the tokens and the price of the model are known'),
  }),
  run({ llm, signal }, { prompt, messages, system, max_tokens: maxTokens, ...request }, emit) {
    const asked = conversation(prompt, messages)
    const first: ChatMessage[] = system === undefined ? [] : [{ role: 'system', content: system }]
    const told = (data: string) => emit({ type: 'text', data })
    return llm.chat({ ...request, maxTokens, messages: [...first, ...asked] }, told, signal)
  },
})

function conversation(
  prompt: string | undefined,
  messages: readonly ChatMessage[] | undefined,
): readonly ChatMessage[] {
  if (prompt !== undefined && messages === undefined) return [{ role: 'user', content: prompt }]
  if (messages !== undefined && prompt === undefined) return messages
  throw new Fault('invalid', 'llm.chat: give "prompt" or "messages", one of both.', {
    data: { field: 'prompt' },
  })
}
