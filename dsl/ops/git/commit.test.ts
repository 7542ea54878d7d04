import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { gitExec } from '#dsl/powers/fake/git-exec.ts'
import type { GitExec } from '#dsl/powers/fake/git-exec.ts'

let exec: GitExec
beforeEach(async () => {
  exec = await gitExec()
})
afterEach(() => exec.close())

describe('git.commit', () => {
  it('commits everything, as the author that it is told', async () => {
    exec.write('a', 'a')
    const input = { message: 'First', all: true, author: 'Eva <eva@example.org>' }
    expect(await call('git.commit', { exec }, input)).toMatchObject({
      commit: { subject: 'First', author: { name: 'Eva', email: 'eva@example.org' } },
    })
    expect(await call('git.status', { exec })).toMatchObject({ clean: true })
  })

  it('commits some paths and leaves the rest', async () => {
    exec.write('a', 'a')
    exec.write('b', 'b')
    await call('git.commit', { exec }, { message: 'Only a', paths: ['a'] })
    expect(await call('git.status', { exec })).toMatchObject({ files: [{ path: 'b' }] })
  })

  it('says so when there is nothing to commit', async () => {
    await expect(call('git.commit', { exec }, { message: 'x' })).rejects.toMatchObject({ code: 'conflict' })
  })
})
