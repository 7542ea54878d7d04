import { describe, expect, it } from 'vitest'
import { parseJestReport } from './jest-report.ts'
import { reportOf } from './test-report.ts'

const test = (status: string, more: object = {}) => ({ fullName: `outer ${status}`, status, ...more })

describe('a report of jest', () => {
  it('is counted, with the place of the failure, and a file that did not run as a failure', () => {
    const trace =
      'Error: expected 2\n    at Object.toBe (/work/app/a.test.js:3:13)\n    at node_modules/jest/a.js:1:1'
    const cases = parseJestReport(
      JSON.stringify({
        testResults: [
          {
            name: '/work/app/a.test.js',
            status: 'failed',
            assertionResults: [
              test('passed', { duration: 3, location: { line: 1, column: 1 } }),
              test('failed', { failureMessages: [trace], location: { line: 2, column: 1 } }),
              test('pending', { duration: null }),
              test('todo'),
            ],
          },
          { name: '/work/app/b.test.js', status: 'failed', message: 'SyntaxError', assertionResults: [] },
        ],
      }),
    )
    expect(reportOf(cases ?? [], '/work/app')).toMatchObject({
      passed: 1,
      failed: 2,
      skipped: 2,
      durationMs: 3,
      failures: [
        { name: 'outer failed', file: 'a.test.js', line: 3 },
        { file: 'b.test.js', message: 'SyntaxError' },
      ],
    })
  })

  it.each(['', 'null', '{}', '{"testResults":[1]}', '{"testResults":'])('that is "%s" is none', (text) => {
    expect(parseJestReport(text)).toBeUndefined()
  })
})
