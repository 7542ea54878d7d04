import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { gitExec } from '#dsl/powers/fake/git-exec.ts'
import type { GitExec } from '#dsl/powers/fake/git-exec.ts'

let exec: GitExec
beforeEach(async () => {
  exec = await gitExec()
})
afterEach(() => exec.close())

describe('git.diff', () => {
  it('tells hunks, counts, a binary file and a rename', async () => {
    exec.write('text', 'one\ntwo\nthree\n')
    exec.write('old name', 'moved\n'.repeat(20))
    exec.write('image', new Uint8Array([0, 1, 2]))
    await call('git.commit', { exec }, { message: 'First', all: true })
    exec.write('text', 'one\n2\nthree\n')
    exec.write('image', new Uint8Array([0, 9]))
    await exec.git('mv', 'old name', 'new name')
    const { files, truncated } = await call('git.diff', { exec }, { from: 'HEAD' })
    expect(truncated).toBe(false)
    expect(files).toMatchObject([
      { path: 'image', binary: true, hunks: [] },
      { path: 'new name', from: 'old name', status: 'renamed', added: 0, removed: 0 },
      {
        path: 'text',
        added: 1,
        removed: 1,
        hunks: [{ oldStart: 1, lines: [' one', '-two', '+2', ' three'] }],
      },
    ])
  })

  it('shows the index alone when asked for what is staged', async () => {
    exec.write('a', 'a\n')
    await exec.git('add', 'a')
    exec.write('a', 'b\n')
    expect(await call('git.diff', { exec }, { staged: true })).toMatchObject({
      files: [{ path: 'a', status: 'added', hunks: [{ lines: ['+a'] }] }],
    })
  })

  it('is not fooled by a file name that looks like a patch', async () => {
    exec.write('x\ndiff --git a', 'a\n')
    await exec.git('add', '.')
    expect(await call('git.diff', { exec }, { staged: true })).toMatchObject({
      files: [{ path: 'x\ndiff --git a', hunks: [{ lines: ['+a'] }] }],
    })
  })

  it('cuts a patch that is too long and says so', async () => {
    exec.write('big', 'line\n'.repeat(300_000))
    await exec.git('add', 'big')
    const { patch, truncated } = await call('git.diff', { exec }, { staged: true })
    expect(truncated).toBe(true)
    expect(String(patch).length).toBe(1_048_576)
  })
})
