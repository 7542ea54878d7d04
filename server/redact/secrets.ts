// The secrets that this process knows of, so that nothing that leaves it says one: log lines, logs of steps, recordings,
// artifacts, errors, questions to models. It gives none back.
import { createRedactor } from './redactor.ts'
import type { KnownSecret, Redactor } from './redactor.ts'

export interface Secrets {
  /** Idempotent. */
  know(secret: KnownSecret): void
  /** Of all that are known by now. */
  redactor(): Redactor
}

export function createSecrets(first: readonly KnownSecret[] = []): Secrets {
  const known = new Map(first.map((secret) => [secret.value, secret]))
  let current: Redactor | undefined
  return {
    know(secret) {
      if (known.has(secret.value)) return
      known.set(secret.value, secret)
      current = undefined
    },
    redactor: () => (current ??= createRedactor([...known.values()])),
  }
}
