// The power over language models, which never tells a provider a secret that is known here: a question is as good without it.
import type { Llm } from '#dsl/powers/llm.ts'
import { redactedValue } from '#server/redact/value.ts'
import type { Secrets } from '#server/redact/secrets.ts'
import { despiteOutage } from '#server/store/despite-outage.ts'

/** How long a question waits for a database that is away. */
const OUTAGE_MS = 60_000

export interface RedactedParts extends Pick<Secrets, 'redactor'> {
  /** Lets the redactor know the secrets of the one who asks. */
  readonly learn: () => Promise<void>
}

export function redactedLlm(llm: Llm, { redactor, learn }: RedactedParts): Llm {
  return {
    async chat(request, told, signal) {
      await despiteOutage(OUTAGE_MS, signal as AbortSignal, learn)
      const messages = redactedValue(redactor(), request.messages)
      return llm.chat({ ...request, messages }, told, signal)
    },
  }
}
