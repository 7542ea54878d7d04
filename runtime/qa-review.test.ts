// qa.review with a real linter, by npm as a project runs it.
import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { callIn, removeProjects } from './test-project.ts'

afterEach(removeProjects)

const PROJECT = {
  'package.json': '{"private":true,"type":"module"}',
  'eslint.config.js':
    "export default [{ rules: { 'no-debugger': 'error', 'no-unused-vars': 'warn' } }, { ignores: ['ignored.js'] }]\n",
  'src/a.js': 'const unused = 1\n\n  debugger\n',
  'ignored.js': 'debugger\n',
}

describe('qa.review', { timeout: 60_000 }, () => {
  it('tells what ESLint found, and writes it as SARIF that git does not see', async () => {
    const { output, home, text } = await callIn(PROJECT, ['npm exec'], 'qa.review')
    expect(output).toMatchObject({
      exitCode: 1,
      tools: ['eslint'],
      errors: 1,
      warnings: 1,
      findings: [
        { rule: 'no-debugger', severity: 'error', file: 'src/a.js', line: 3, column: 3 },
        { rule: 'no-unused-vars', severity: 'warning', file: 'src/a.js', line: 1, column: 7 },
      ],
      report: `${home}/.chispart/reports/review.sarif`,
    })
    expect(text).toContain('src/a.js:3:3: error:')
    const sarif = JSON.parse(await readFile(String(output['report']), 'utf8'))
    expect(sarif.runs[0].results).toHaveLength(2)
    expect(await readFile(`${home}/.chispart/.gitignore`, 'utf8')).toBe('*\n')
  })

  it('finds nothing in a project without findings', async () => {
    const { output } = await callIn({ ...PROJECT, 'src/a.js': '' }, ['npm exec'], 'qa.review', {
      ruleset: 'strict',
    })
    expect(output).toMatchObject({ exitCode: 0, findings: [] })
  })

  it('needs a plan that lists the linter', async () => {
    await expect(callIn(PROJECT, ['npm ci'], 'qa.review')).rejects.toMatchObject({ code: 'denied' })
  })
})
