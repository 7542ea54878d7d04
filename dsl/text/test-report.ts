// What every report of tests comes to: counts, and the failures with their places. Bounded, whatever a report holds.

export interface TestCase {
  readonly name: string
  readonly state: 'passed' | 'failed' | 'skipped'
  /** As the report has it. */
  readonly file?: string | undefined
  /** 1-based. */
  readonly line?: number | undefined
  readonly message?: string | undefined
  readonly durationMs: number
}

export interface TestFailure {
  readonly name: string
  readonly file?: string
  readonly line?: number
  readonly message: string
}

export interface TestReport {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly total: number
  /** The tests' own time, one after the other. */
  readonly durationMs: number
  /** At most FAILURES_MAX of them. */
  readonly failures: readonly TestFailure[]
}

export const FAILURES_MAX = 100
const NAME_MAX = 500
const MESSAGE_MAX = 4000

/** `directory`: where the tests ran, absolute; files below it are told relative to it. */
export function reportOf(cases: readonly TestCase[], directory: string): TestReport {
  const count = (state: TestCase['state']) => cases.filter((one) => one.state === state).length
  const time = cases.reduce((sum, { durationMs }) => sum + (durationMs > 0 ? durationMs : 0), 0)
  return {
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    total: cases.length,
    durationMs: Number.isFinite(time) ? Math.round(time) : 0,
    failures: cases
      .filter(({ state }) => state === 'failed')
      .slice(0, FAILURES_MAX)
      .map((one) => failureOf(one, directory)),
  }
}

// eslint-disable-next-line no-control-regex -- colours begin with ESC
const COLOURS = /\u001b\[[0-9;]*m/g
/** The end of `a/b.test.ts:3`, wherever a trace names it. What stands before it is looked at once only. */
const PLACE = /\.[a-z]{1,4}:([0-9]{1,7})\b/g
const PATH = /[\w.@~+/-]/

function failureOf({ name, file, line, message = '' }: TestCase, directory: string): TestFailure {
  const text = message.replace(COLOURS, '').trim().slice(0, MESSAGE_MAX)
  const place = placeIn(text, file)
  const where = place?.file ?? file
  const at = place?.line ?? line
  return {
    name: name.slice(0, NAME_MAX),
    ...(where === undefined ? {} : { file: relative(where, directory).slice(0, NAME_MAX) }),
    ...(at === undefined ? {} : { line: at }),
    message: text,
  }
}

/** The first place of a trace in the test's own file, or in any file of the project when no file is known. */
function placeIn(text: string, file: string | undefined): { file: string; line: number } | undefined {
  let from = 0
  for (const match of text.matchAll(PLACE)) {
    let start = match.index
    while (start > from && PATH.test(text[start - 1] ?? '')) start -= 1
    from = match.index + match[0].length
    const found = text.slice(start, text.indexOf(':', match.index))
    if (found.startsWith('.') || found.includes('node_modules/')) continue
    if (file === undefined || isSame(found, file)) return { file: found, line: Number(match[1]) }
  }
  return undefined
}

function isSame(one: string, other: string): boolean {
  return one === other || one.endsWith(`/${other}`) || other.endsWith(`/${one}`)
}

function relative(file: string, directory: string): string {
  const path = file.replace(/^(?:file:)?\/{2,}/, '/')
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path
}
