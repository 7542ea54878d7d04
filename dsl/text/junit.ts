// Reads and writes JUnit's XML, the one report that most test tools write. It never trusts the counts that a report
// claims: cases are counted.
import type { TestCase } from './test-report.ts'
import { escapeXml, readXml } from './xml.ts'

/** Cases beyond these are not kept: no project has as many, and a hostile report may. */
export const CASES_MAX = 200_000
const TEXT_MAX = 8192

interface Open {
  attributes: ReadonlyMap<string, string>
  state: TestCase['state']
  message: string
  text: string
}

/** Every test case of the report. pytest counts lines from 0, and says so by no mark: `firstLine` is 0 for it. */
export function parseJunit(xml: string, firstLine: 0 | 1 = 1): TestCase[] {
  const cases: TestCase[] = []
  let open: Open | undefined
  let inside = false
  for (const token of readXml(xml)) {
    if (cases.length >= CASES_MAX) break
    if (token.type === 'text') {
      if (open && inside && open.text.length < TEXT_MAX) open.text += token.text.slice(0, TEXT_MAX)
    } else if (token.type === 'open') {
      if (token.name === 'testcase') {
        open = { attributes: token.attributes, state: 'passed', message: '', text: '' }
        if (token.empty) open = void cases.push(caseOf(open, firstLine))
      } else if (open) inside = judge(open, token) && !token.empty
    } else if (token.name === 'testcase' && open) open = void cases.push(caseOf(open, firstLine))
    else inside = false
  }
  return cases
}

/** Whether the element says how the case ended. */
function judge(open: Open, { name, attributes }: { name: string; attributes: Open['attributes'] }): boolean {
  if (name !== 'failure' && name !== 'error' && name !== 'skipped') return false
  if (open.state !== 'failed') open.state = name === 'skipped' ? 'skipped' : 'failed'
  open.message ||= (attributes.get('message') ?? '').slice(0, TEXT_MAX)
  return true
}

function caseOf({ attributes, state, message, text }: Open, firstLine: 0 | 1): TestCase {
  const suite = attributes.get('classname')
  const line = Number.parseInt(attributes.get('line') ?? '', 10)
  const trimmed = text.trim()
  return {
    name: attributes.get('name') ?? '',
    state,
    file: attributes.get('file') ?? (suite !== undefined && isFile(suite) ? suite : undefined),
    line: Number.isSafeInteger(line) ? line + 1 - firstLine : undefined,
    message: trimmed === '' ? message : trimmed,
    durationMs: (Number.parseFloat(attributes.get('time') ?? '') || 0) * 1000,
  }
}

/** vitest's classname is the file; elsewhere it is a name with dots. */
function isFile(name: string): boolean {
  return /\.(?:[cm]?[jt]sx?|py)$/.test(name)
}

/** The same cases as a report. */
export function writeJunit(cases: readonly TestCase[]): string {
  const lines = cases.map((one) => `  <testcase${attributesOf(one)}>${verdict(one)}</testcase>`)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n<testsuite name="tests">\n${lines.join('\n')}\n</testsuite>\n</testsuites>\n`
}

function attributesOf({ name, file, line, durationMs }: TestCase): string {
  const values = {
    name,
    time: String(durationMs / 1000),
    file,
    line: line === undefined ? line : String(line),
  }
  return Object.entries(values)
    .map(([key, value]) => (value === undefined ? '' : ` ${key}="${escapeXml(value)}"`))
    .join('')
}

function verdict({ state, message = '' }: TestCase): string {
  if (state === 'skipped') return '<skipped/>'
  return state === 'failed' ? `<failure>${escapeXml(message)}</failure>` : ''
}
