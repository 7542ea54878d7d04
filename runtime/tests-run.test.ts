// tests.run with real tools: what each says is what the op tells.
import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { callIn, removeProjects } from './test-project.ts'

afterEach(removeProjects)

const run = (files: Record<string, string>, commands: readonly string[], input: object = {}) =>
  callIn(files, commands, 'tests.run', input)

const manifest = (test: string) => JSON.stringify({ private: true, type: 'module', scripts: { test } })
const NODE_TEST = `import { it } from 'node:test'
import assert from 'node:assert'
it('adds', () => assert.equal(1, 1))
it('subtracts', () => {
  assert.equal(1, 2)
})
it.skip('divides')
`
const COUNTS = { exitCode: 1, passed: 1, failed: 1, skipped: 1, total: 3 }

describe('tests.run', { timeout: 60_000 }, () => {
  it('tells the failures of node:test with their places, on a plan that lists npm test only', async () => {
    const { output, text, home } = await run(
      { 'package.json': manifest('node --test'), 'sum.test.js': NODE_TEST },
      ['npm test'],
    )
    expect(output).toMatchObject({
      ...COUNTS,
      framework: 'node:test',
      failures: [{ name: 'subtracts', file: 'sum.test.js', line: 5 }],
      report: join(home, '.chispart/reports/tests.xml'),
    })
    expect(text).toContain('subtracts')
    expect(await readFile(String(output['report']), 'utf8')).toContain('<testsuites>')
  })

  it('tells the failures of vitest', async () => {
    const { output } = await run(
      { 'package.json': manifest('vitest run'), 'sum.test.js': NODE_TEST.replace(/node:test/, 'vitest') },
      ['npm test'],
    )
    expect(output).toMatchObject({
      ...COUNTS,
      failures: [{ name: 'subtracts', file: 'sum.test.js', line: 5 }],
    })
  })

  it('says that every test passed', async () => {
    const { output } = await run(
      { 'package.json': manifest('node --test'), 'sum.test.js': NODE_TEST.replace('(1, 2)', '(2, 2)') },
      ['npm test'],
    )
    expect(output).toMatchObject({ exitCode: 0, passed: 2, failed: 0, failures: [] })
  })

  it('does not take the report of an earlier run for that of one which wrote none', async () => {
    const { output } = await run(
      {
        'package.json': manifest('exit 3 # node --test'),
        '.chispart/reports/tests.xml': '<testcase name="old"/>',
      },
      ['npm test'],
      { framework: 'node:test' },
    )
    expect(output).toMatchObject({ exitCode: 3, total: 0 })
    expect(output).not.toHaveProperty('report')
  })

  it('is refused what the plan does not list', async () => {
    const files = { 'package.json': manifest('node --test'), 'sum.test.js': NODE_TEST }
    await expect(run(files, ['npm ci'])).rejects.toMatchObject({ code: 'denied' })
  })

  it('leaves no trace for git', async () => {
    const { home } = await run({ 'package.json': manifest('exit 0') }, ['npm test'])
    execFileSync('git', ['init', '--quiet'], { cwd: home })
    const status = execFileSync('git', ['status', '--porcelain', '--untracked-files=all', '.chispart'], {
      cwd: home,
    })
    expect(status.toString()).toBe('')
  })
})
