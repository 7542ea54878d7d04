// The power to ask language models, through the providers that the server has keys for. An op never sees a key.
import type { Signal } from './signal.ts'

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

export interface ChatRequest {
  /** The server's first provider when left out. */
  readonly provider?: string | undefined
  /** The server's default model when left out. */
  readonly model?: string | undefined
  /** In the order of the conversation. */
  readonly messages: readonly ChatMessage[]
  readonly maxTokens?: number | undefined
  readonly temperature?: number | undefined
  /** Names the call for good: a provider that honours Idempotency-Key answers, and charges, it once. */
  readonly once?: string | undefined
}

export interface ChatAnswer {
  readonly text: string
  readonly provider: string
  readonly model: string
  /** Why the model stopped; `length`: it had no more tokens, so the text is cut. */
  readonly finish: 'stop' | 'length' | 'content-filter' | 'other'
  /** 0 when the provider does not say. */
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number }
  /** By the server's list of prices; 0 when `priced` is false. */
  readonly costUsd: number
  /** Whether the provider told the tokens and the list has the model. */
  readonly priced: boolean
}

export interface Llm {
  /**
   * `told` takes the text piece by piece and is waited for. Faults: invalid (provider, model, what the provider refuses),
   * forbidden (the key), not_found (the model), exhausted (credit), too_large, rate_limited, timed_out, unavailable (no
   * provider, no answer, half an answer).
   */
  chat(request: ChatRequest, told: (text: string) => Promise<void>, signal: Signal): Promise<ChatAnswer>
}
