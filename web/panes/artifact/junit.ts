// Reads a JUnit XML report: how many tests, and which failed where. It reads no document that declares a type, for that
// may name entities.
import { firstLine, placeOf } from './finding.ts'
import type { Finding } from './finding.ts'

export interface TestReport {
  readonly tests: number
  readonly failed: number
  readonly skipped: number
  readonly findings: readonly Finding[]
}

/** `path/file.ext:12` in the text of a failure. */
const PLACE = /((?:[\w.@-]+\/)*[\w.@-]+\.[A-Za-z]\w*):(\d+)/

/** Characters of a failure that are looked through: a hostile one must cost no second. */
const SEARCHED_MAX = 4000

/** Undefined when it is no such report. */
export function readJunit(text: string): TestReport | undefined {
  if (/<!DOCTYPE/i.test(text)) return undefined
  const document = new DOMParser().parseFromString(text, 'application/xml')
  const root = document.documentElement
  if (!['testsuites', 'testsuite'].includes(root.nodeName)) return undefined
  const cases = [...root.querySelectorAll('testcase')]
  const findings = cases.flatMap((test) => findingOf(test) ?? [])
  const skipped = cases.filter((test) => child(test, 'skipped')).length
  return { tests: cases.length, failed: findings.length, skipped, findings }
}

function findingOf(test: Element): Finding | undefined {
  const failure = child(test, 'failure') ?? child(test, 'error')
  if (!failure) return undefined
  const text = failure.textContent ?? ''
  const [, file, line] = PLACE.exec(text.slice(0, SEARCHED_MAX)) ?? []
  const own = test.getAttribute('file') ?? undefined
  const place = placeOf(
    own ?? file,
    own === undefined ? line : (test.getAttribute('line') ?? lineIn(text, own)),
  )
  return {
    level: 'error',
    title: [test.getAttribute('classname'), test.getAttribute('name')].filter(Boolean).join(' › '),
    message: firstLine(failure.getAttribute('message') ?? text),
    ...(place !== undefined && { place }),
  }
}

/** The line that the text says of that file. */
function lineIn(text: string, file: string): string | undefined {
  const at = text.indexOf(`${file}:`)
  return at < 0 ? undefined : /^\d+/.exec(text.slice(at + file.length + 1))?.[0]
}

const child = (element: Element, name: string): Element | undefined =>
  [...element.children].find(({ nodeName }) => nodeName === name)
