// What a person reads of a request that did not get out, in their language. A reason that is not known here is said as the
// server says it.
import { en } from './en.ts'
import type { TextKey } from './say.ts'

interface Blocked {
  readonly target?: string | undefined
  readonly reason?: string | undefined
  readonly message?: string | undefined
}

type T = (key: TextKey, values?: Record<string, string>) => string

export function egressSentence({ reason = '', message = '' }: Blocked, t: T): string {
  const key = `egress.reason.${reason}`
  return Object.hasOwn(en, key) ? t(key as TextKey) : message
}
