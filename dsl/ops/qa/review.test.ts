import { describe, expect, it } from 'vitest'
import { Fault } from '#dsl/fault.ts'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeExec } from '#dsl/powers/fake/exec.ts'
import { fakeFiles } from '#dsl/powers/fake/files.ts'

const ESLINT = { '.': '', './eslint.config.js': '', './node_modules/.bin/eslint': '' }
const printed = (severity: number) => {
  const message = { ruleId: 'no-debugger', severity, message: 'No', line: 3, column: 1 }
  return JSON.stringify([{ filePath: './a.js', messages: [message] }])
}
const review = (
  files: Record<string, string>,
  exec = fakeExec({}),
  input: object = {},
  events: unknown[] = [],
) => call('qa.review', { exec, files: fakeFiles(files) }, input, events)

describe('qa.review', () => {
  it('fails on an error, and prints where it is', async () => {
    const events: { data: string }[] = []
    const output = await review(ESLINT, fakeExec({ exitCode: 1, stdout: printed(2) }), {}, events)
    expect(output).toMatchObject({
      exitCode: 1,
      tools: ['eslint'],
      errors: 1,
      findings: [{ tool: 'eslint', rule: 'no-debugger', severity: 'error', file: 'a.js', line: 3 }],
    })
    expect(events[0]?.data).toContain('a.js:3:1: error: No (eslint no-debugger)')
  })

  it('fails on a warning when it is strict, and only then', async () => {
    const run = (ruleset: string) => review(ESLINT, fakeExec({ stdout: printed(1) }), { ruleset })
    expect(await run('default')).toMatchObject({ exitCode: 0, warnings: 1 })
    expect(await run('strict')).toMatchObject({ exitCode: 1, warnings: 1 })
  })

  it('says what it looked for when nothing ran', async () => {
    expect(await review({ '.': '', './README.md': '' })).toMatchObject({
      exitCode: 0,
      tools: [],
      note: 'No linter ran: eslint (nothing asks for it), oxlint (nothing asks for it), ruff (nothing asks for it), shellcheck (nothing asks for it), ast-grep (nothing asks for it).',
    })
  })

  it('faults when a linter that the project configures is not installed, or broke', async () => {
    await expect(review({ '.': '', './eslint.config.js': '' })).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('Install it first'),
    })
    const broken = fakeExec({ exitCode: 2, stderr: 'Could not find plugin "x".' })
    await expect(review(ESLINT, broken)).rejects.toMatchObject({
      code: 'conflict',
      message: 'eslint broke with the exit code 2: Could not find plugin "x".',
    })
  })

  it.each([
    ['not_found', 'not installed'],
    ['denied', 'not allowed here'],
  ] as const)('passes a linter over that nothing configures when it is %s', async (code, why) => {
    const exec = { ...fakeExec({}), run: () => Promise.reject(new Fault(code, 'no')) }
    const output = await call('qa.review', { exec, files: fakeFiles({ '.': '', './a.py': '' }) })
    expect(output).toMatchObject({ exitCode: 0, tools: [], note: expect.stringContaining(`ruff (${why})`) })
  })

  it('is refused a configured linter that the plan does not list', async () => {
    const exec = { ...fakeExec({}), run: () => Promise.reject(new Fault('denied', 'no')) }
    await expect(call('qa.review', { exec, files: fakeFiles(ESLINT) })).rejects.toMatchObject({
      code: 'denied',
    })
  })
})
