// The functions of expressions: how many arguments each takes, and those that only compute. None sees more than its arguments.
import { refuse } from './problem.ts'
import { equal, fold, isArray, isPrimitive, toText } from './value.ts'
import type { Value } from './value.ts'

interface Arity {
  readonly spelled: string
  readonly min: number
  readonly max: number
  readonly odd?: true
  /** For a person: "takes …". */
  readonly says: string
}

const MANY = 255
const takes = (spelled: string, min: number, max: number, says: string): Arity => ({
  spelled,
  min,
  max,
  says,
})

/** By lower-case name. GitHub's functions, `case` among them; status and hashFiles are answered by the scope. */
export const ARITY = {
  always: takes('always', 0, 0, 'no argument'),
  cancelled: takes('cancelled', 0, 0, 'no argument'),
  case: { ...takes('case', 3, MANY, 'pairs of a test and a value, then a value for none'), odd: true },
  contains: takes('contains', 2, 2, 'a text or list, and what to look for'),
  endswith: takes('endsWith', 2, 2, 'a text and its end'),
  failure: takes('failure', 0, 0, 'no argument'),
  format: takes('format', 1, MANY, 'a text with {0}, {1} … and their values'),
  fromjson: takes('fromJSON', 1, 1, 'a text of JSON'),
  hashfiles: takes('hashFiles', 1, MANY, 'patterns of files'),
  join: takes('join', 1, 2, 'a list and, if wanted, what stands between'),
  startswith: takes('startsWith', 2, 2, 'a text and its start'),
  success: takes('success', 0, 0, 'no argument'),
  tojson: takes('toJSON', 1, 1, 'one value'),
} as const satisfies Record<string, Arity>

export type FunctionName = keyof typeof ARITY

/** What one computation may still cost: counted by the evaluator, spent here too. */
export interface Meter {
  /** Faults (invalid, kind `limit`) when too much text was made. */
  text(length: number, at: number): void
  /** Faults (invalid, kind `limit`) when too much was done. */
  work(count: number, at: number): void
}

export function contains(search: Value, item: Value, meter: Meter, at: number): boolean {
  if (isArray(search)) {
    meter.work(search.length, at)
    return search.some((entry) => equal(entry, item))
  }
  return isPrimitive(search) && isPrimitive(item) && fold(toText(search)).includes(fold(toText(item)))
}

export function startsWith(text: Value, start: Value): boolean {
  return isPrimitive(text) && isPrimitive(start) && fold(toText(text)).startsWith(fold(toText(start)))
}

export function endsWith(text: Value, end: Value): boolean {
  return isPrimitive(text) && isPrimitive(end) && fold(toText(text)).endsWith(fold(toText(end)))
}

/** A lone value is its text; what is neither list nor primitive joins to nothing. */
export function join(list: Value, between: Value | undefined, meter: Meter, at: number): string {
  if (!isArray(list)) return isPrimitive(list) ? toText(list) : ''
  const separator = between === undefined || !isPrimitive(between) ? ',' : toText(between)
  const texts = list.map(toText)
  meter.text(
    texts.reduce((sum, text) => sum + text.length + separator.length, 0),
    at,
  )
  return texts.join(separator)
}

export function fromJson(text: Value, at: number): Value {
  try {
    return JSON.parse(toText(text)) as Value
  } catch {
    refuse(
      'eval',
      at,
      'fromJSON was given a text that is not JSON.',
      "Check it, or give another with: value || '{}'.",
    )
  }
}

/** `{0}` is the first value, `{{` and `}}` are braces. Values that no place asks for are not looked at. */
export function format(
  pattern: string,
  value: (index: number) => Value | undefined,
  meter: Meter,
  at: number,
): string {
  const pieces: string[] = []
  const add = (piece: string): void => {
    meter.text(piece.length, at)
    pieces.push(piece)
  }
  const place = /\{\{|\}\}|\{(\d{1,3})\}|[{}]|[^{}]+/g
  for (const [piece, index] of pattern.matchAll(place)) {
    if (piece === '{' || piece === '}')
      refuse(
        'eval',
        at,
        `format was given a pattern it cannot read: ${pattern.slice(0, 80)}`,
        'Write {{ for a brace.',
      )
    if (index === undefined) add(piece === '{{' ? '{' : piece === '}}' ? '}' : piece)
    else add(argument(value(Number(index)), index, at))
  }
  return pieces.join('')
}

function argument(value: Value | undefined, index: string, at: number): string {
  if (value !== undefined) return toText(value)
  refuse('eval', at, `format has no value for {${index}}.`, 'The first value is {0}.')
}
