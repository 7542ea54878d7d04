import { describe, expect, it } from 'vitest'
import { bounded, writeSarif } from './finding.ts'
import type { Finding } from './finding.ts'

const FINDING: Finding = {
  tool: 'eslint',
  rule: 'no-debugger',
  severity: 'warning',
  message: 'No debugger here.',
  file: 'src/a b.js',
  line: 3,
  column: 1,
}

describe('a finding', () => {
  it('has a path below the folder, and bounds', () => {
    const large = { ...FINDING, message: 'm'.repeat(9000), rule: 'r'.repeat(9000), line: 0 }
    const file = (path: string) => bounded({ ...large, file: path }, '/work/app').file
    expect([file('/work/app/a.js'), file('./a.js'), file('/etc/a.js')]).toEqual(['a.js', 'a.js', '/etc/a.js'])
    expect(bounded(large, '/work/app')).toMatchObject({ line: 1 })
    expect(JSON.stringify(bounded(large, '/work/app')).length).toBeLessThan(2000)
  })

  it('is in a SARIF report, with a run for a tool that found nothing', () => {
    expect(JSON.parse(writeSarif(['eslint', 'ruff'], [FINDING, FINDING]))).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'eslint', rules: [{ id: 'no-debugger' }] } },
          results: [
            {
              ruleId: 'no-debugger',
              level: 'warning',
              message: { text: 'No debugger here.' },
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: 'src/a%20b.js' },
                    region: { startLine: 3, startColumn: 1 },
                  },
                },
              ],
            },
            {},
          ],
        },
        { tool: { driver: { name: 'ruff', rules: [] } }, results: [] },
      ],
    })
  })
})
