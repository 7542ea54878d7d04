// Secrets in a value made of JSON: its texts are redacted, its shape stays. What is no JSON goes through as it is.
import type { Redactor } from './redactor.ts'

export function redactedValue<T>(redactor: Pick<Redactor, 'text'>, value: T): T {
  return deep(redactor, value) as T
}

function deep(redactor: Pick<Redactor, 'text'>, value: unknown): unknown {
  if (typeof value === 'string') return redactor.text(value)
  if (Array.isArray(value)) return value.map((one) => deep(redactor, one))
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, deep(redactor, one)]))
}

function isPlain(value: object): boolean {
  const kind: unknown = Object.getPrototypeOf(value)
  return kind === Object.prototype || kind === null
}
