// A provider of language models in memory, as tests of ops need it: it says the last message back, word by word.
import type { ChatRequest, Llm } from '#dsl/powers/llm.ts'

export function fakeLlm(asked: ChatRequest[] = []): Llm {
  return {
    async chat(request, told) {
      asked.push(request)
      const text = request.messages.at(-1)?.content ?? ''
      for (const word of text.split(/(?<= )/)) await told(word)
      return {
        text,
        provider: request.provider ?? 'custom',
        model: request.model ?? 'echo',
        finish: 'stop',
        usage: { inputTokens: 3, outputTokens: 2 },
        costUsd: 0.01,
        priced: true,
      }
    },
  }
}
