import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { gitExec } from '#dsl/powers/fake/git-exec.ts'
import type { GitExec } from '#dsl/powers/fake/git-exec.ts'

let exec: GitExec
beforeEach(async () => {
  exec = await gitExec()
})
afterEach(() => exec.close())

describe('git.status', () => {
  it('shows the branch before the first commit, and new files', async () => {
    exec.write('a ñ.txt', 'a')
    expect(await call('git.status', { exec })).toMatchObject({
      branch: 'main',
      head: null,
      clean: false,
      files: [{ path: 'a ñ.txt', index: '?', worktree: '?' }],
    })
  })

  it('keeps both paths of a rename', async () => {
    exec.write('a', 'content\n')
    await call('git.commit', { exec }, { message: 'a', all: true })
    await exec.git('mv', 'a', 'b c')
    expect(await call('git.status', { exec })).toMatchObject({
      files: [{ path: 'b c', from: 'a', index: 'R' }],
    })
  })
})
