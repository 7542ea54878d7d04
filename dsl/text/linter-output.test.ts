import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LINTERS } from './finding.ts'
import { parseLinter } from './linter-output.ts'

/** As each printed it of a small file. */
const PRINTED = {
  eslint: [
    {
      filePath: '/work/app/a.js',
      messages: [
        { ruleId: 'no-unused-vars', severity: 1, message: 'unused', line: 1, column: 7, endLine: 1 },
        { ruleId: null, fatal: true, severity: 2, message: 'Parsing error', line: 2, column: 3 },
      ],
      errorCount: 1,
    },
  ],
  oxlint: {
    diagnostics: [
      {
        message: '`debugger` statement is not allowed',
        code: 'eslint(no-debugger)',
        severity: 'warning',
        filename: 'a.js',
        labels: [{ span: { offset: 13, length: 9, line: 2, column: 1 } }],
      },
    ],
    number_of_files: 1,
  },
  ruff: [
    {
      cell: null,
      code: 'F401',
      filename: '/work/app/c.py',
      location: { column: 8, row: 1 },
      message: '`os` imported but unused',
    },
  ],
  shellcheck: {
    comments: [
      { file: 's.sh', line: 2, column: 6, level: 'info', code: 2086, message: 'Double quote', fix: null },
    ],
  },
  'ast-grep': [
    {
      text: 'debugger',
      range: { byteOffset: { start: 13, end: 21 }, start: { line: 1, column: 0 } },
      file: 'a.js',
      ruleId: 'no-debugger',
      severity: 'warning',
      message: 'No debugger here',
    },
  ],
}
const read = (linter: (typeof LINTERS)[number]) => parseLinter(linter, JSON.stringify(PRINTED[linter]))

describe('what a linter prints', () => {
  it('is read with its rule, severity and place', () => {
    expect(read('eslint')).toMatchObject([
      { tool: 'eslint', rule: 'no-unused-vars', severity: 'warning', line: 1, column: 7 },
      { rule: 'parse', severity: 'error', file: '/work/app/a.js', line: 2 },
    ])
    expect(read('oxlint')).toMatchObject([{ rule: 'eslint(no-debugger)', severity: 'warning', line: 2 }])
    expect(read('ruff')).toMatchObject([{ rule: 'F401', severity: 'error', line: 1, column: 8 }])
    expect(read('shellcheck')).toMatchObject([{ rule: 'SC2086', severity: 'note', line: 2, column: 6 }])
  })

  it('of ast-grep counts lines from one', () => {
    expect(read('ast-grep')).toMatchObject([{ rule: 'no-debugger', line: 2, column: 1 }])
  })

  it('that is something else is none, whatever it is', () => {
    for (const linter of LINTERS)
      for (const text of ['', 'oops', '7', '{"diagnostics":7}', '[{"filePath":1}]'])
        expect(parseLinter(linter, text)).toBeUndefined()
    fc.assert(
      fc.property(fc.constantFrom(...LINTERS), fc.json(), (linter, text) => {
        const findings = parseLinter(linter, text)
        expect(findings === undefined || Array.isArray(findings)).toBe(true)
      }),
    )
  })
})
