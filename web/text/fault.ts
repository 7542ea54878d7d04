// What a fault says to a person. Sentences of the server are English; those that everybody meets are known here by their
// code and reason, and said in the reader's language.
import type { FaultMessage } from '#dsl/fault.ts'
import { en } from './en.ts'
import type { TextKey } from './say.ts'

type T = (key: TextKey, values?: Record<string, string>) => string

export function sentenceOf(fault: FaultMessage, t: T): string {
  const key = `fault.${fault.code}.${reasonOf(fault)}`
  return isText(key) ? t(key) : (quotaSentence(fault, t) ?? fault.message)
}

/** A quota that is used up: dsl/policy/quota. */
function quotaSentence({ code, data }: FaultMessage, t: T): string | undefined {
  const { quota, used, limit, plan } = fieldsOf(data)
  const key = `fault.quota.${String(quota)}`
  if (code !== 'exhausted' || !isText(key) || typeof used !== 'number' || typeof limit !== 'number')
    return undefined
  return t(key, { used: rounded(used), limit: rounded(limit), plan: String(plan) })
}

const rounded = (value: number) => String(Math.round(value * 100) / 100)

/** What tells faults of one code apart: `data.reason`; '' without one. */
export const reasonOf = ({ data }: Pick<FaultMessage, 'data'>): string =>
  textOf(fieldsOf(data)['reason']) ?? ''

/** What would make it right, as its data says: the remedy, the rule, the fields that do not fit. */
export function remediesOf({ message, data }: FaultMessage, t: T): string[] {
  const { remedy, rule, allow, problems } = fieldsOf(data)
  const lines = [
    textOf(remedy),
    textOf(allow) && t('fault.allow', { allow: String(allow) }),
    textOf(rule) && t('fault.rule', { rule: String(rule) }),
    ...(Array.isArray(problems) ? problems.map(problemLine) : []),
  ]
  return lines.filter((line): line is string => line !== undefined && !message.includes(line))
}

function problemLine(entry: unknown): string | undefined {
  const { field, problem } = fieldsOf(entry)
  const text = textOf(problem)
  return text === undefined || !textOf(field) ? text : `${String(field)}: ${text}`
}

const isText = (key: string): key is TextKey => Object.hasOwn(en, key)
const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
const fieldsOf = (data: unknown) =>
  (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>
