// Checks a cron line: five fields, as POSIX and GitHub write them. It has no clock; who runs it keeps the time.

interface Field {
  readonly name: string
  readonly min: number
  readonly max: number
  readonly names: readonly string[]
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const FIELDS: readonly Field[] = [
  { name: 'minute', min: 0, max: 59, names: [] },
  { name: 'hour', min: 0, max: 23, names: [] },
  { name: 'day of the month', min: 1, max: 31, names: [] },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'day of the week', min: 0, max: 7, names: DAYS },
]
/** Days that a month has at most, February in a leap year. */
const LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Why the line is no cron line, or undefined when it is one. */
export function cronProblem(line: string): string | undefined {
  const parts = line.trim().split(/[ \t]+/)
  if (parts.length !== FIELDS.length)
    return `A cron line has five fields: minute, hour, day of month, month, day of week. Here are ${line.trim() === '' ? 0 : parts.length}.`
  const sets = FIELDS.map((field, index) => readField(parts[index] ?? '', field))
  const wrong = sets.find((set) => typeof set === 'string')
  if (typeof wrong === 'string') return wrong
  const [, , days, months] = sets as readonly ReadonlySet<number>[]
  return parts[4] === '*' && !isReachable(days ?? new Set(), months ?? new Set())
    ? 'No such day exists in these months, so it would never run.'
    : undefined
}

function isReachable(days: ReadonlySet<number>, months: ReadonlySet<number>): boolean {
  return [...months].some((month) => [...days].some((day) => day <= (LENGTHS[month - 1] ?? 0)))
}

function readField(text: string, field: Field): ReadonlySet<number> | string {
  const found = new Set<number>()
  for (const part of text.split(',')) {
    const problem = readPart(part, field, found)
    if (problem !== undefined) return problem
  }
  return found
}

function readPart(part: string, field: Field, found: Set<number>): string | undefined {
  const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d{1,4}))?$/.exec(part)
  if (match === null) return `"${part}" is not a ${field.name}: write *, a number, a-b or */n.`
  const [, star, low, high, step] = match
  const from = star === undefined ? valueOf(low ?? '', field) : field.min
  const open = star !== undefined || step !== undefined ? field.max : from
  const to = high === undefined ? open : valueOf(high, field)
  if (from === undefined || to === undefined)
    return `"${part}" is not a ${field.name}: it goes from ${field.min} to ${field.max}.`
  if (from > to) return `"${part}" ends before it starts.`
  const stride = Number(step ?? 1)
  if (stride < 1) return `"${part}" has a step of 0.`
  for (let value = from; value <= to; value += stride) found.add(value)
  return undefined
}

function valueOf(text: string, { min, max, names }: Field): number | undefined {
  const named = names.indexOf(text.toLowerCase())
  const value = named >= 0 ? named + min : /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN
  return value >= min && value <= max ? value : undefined
}
