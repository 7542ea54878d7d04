import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeExec } from '#dsl/powers/fake/exec.ts'
import { fakeFiles } from '#dsl/powers/fake/files.ts'

describe('tests.run', () => {
  it('runs the script of a project that names no tool, and tells its exit code', async () => {
    const files = fakeFiles({ '.': '', './package.json': '{"scripts":{"test":"make test"}}' })
    const exec = fakeExec({ exitCode: 2, stdout: 'not good' })
    const events: unknown[] = []
    expect(await call('tests.run', { exec, files }, {}, events)).toMatchObject({
      exitCode: 2,
      framework: 'npm',
      total: 0,
    })
    expect(exec.calls).toMatchObject([{ command: ['npm', 'test'] }])
    expect(events).toEqual([{ type: 'stdout', data: 'not good' }])
  })

  it('says what it looked for when a project has no tests', async () => {
    const files = fakeFiles({ '.': '', './README.md': '' })
    await expect(call('tests.run', { exec: fakeExec({}), files })).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('Looked for a "test" script'),
    })
  })
})
