// Reads what `jest --json` writes. A file that could not be run at all counts as one failed test: jest counts none.
import { z } from 'zod'
import { CASES_MAX } from './junit.ts'
import type { TestCase } from './test-report.ts'

/** jest's FormattedTestResults, as far as it is read. */
const REPORT = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(''),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          duration: z.number().nullish(),
          failureMessages: z.array(z.string()).nullish(),
          location: z.object({ line: z.int() }).nullish(),
        }),
      ),
    }),
  ),
})

const STATES: Readonly<Record<string, TestCase['state']>> = { passed: 'passed', failed: 'failed' }

/** Undefined when the text is no such report. */
export function parseJestReport(json: string): TestCase[] | undefined {
  const parsed = REPORT.safeParse(jsonOf(json))
  if (!parsed.success) return undefined
  const cases = parsed.data.testResults.flatMap((file): TestCase[] => {
    if (file.assertionResults.length === 0 && file.status === 'failed')
      return [{ name: file.name, state: 'failed', file: file.name, message: file.message, durationMs: 0 }]
    return file.assertionResults.map((test) => ({
      name: test.fullName,
      state: STATES[test.status] ?? 'skipped',
      file: file.name,
      line: test.location?.line,
      message: (test.failureMessages ?? []).join('\n'),
      durationMs: test.duration ?? 0,
    }))
  })
  return cases.slice(0, CASES_MAX)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
