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

  it('makes one commit, however often a call is delivered', async () => {
    const deliver = (once: string) => call('git.commit', { exec }, { message: 'Made', all: true, once })
    exec.write('a', 'a')
    const { commit } = await deliver('r1/save[1]/1')
    exec.write('b', 'b')
    expect(await deliver('r1/save[1]/1')).toEqual({ commit })
    expect(await call('git.status', { exec })).toMatchObject({ files: [{ path: 'b' }] })
    expect(await deliver('r1/save[1]/2')).not.toEqual({ commit })
    expect(await call('git.log', { exec })).toMatchObject({ commits: [{}, {}] })
    expect(await exec.git('log', '--format=%B')).not.toContain('r1/save')
  })

  it('makes a commit that was undone or cut short again', async () => {
    const deliver = () => call('git.commit', { exec }, { message: 'Made', all: true, once: 'r1/save/1' })
    exec.write('a', 'a')
    await call('git.commit', { exec }, { message: 'First', all: true })
    exec.write('a', 'b')
    await deliver()
    await exec.git('reset', '--quiet', '--soft', 'HEAD~1')
    const second = await deliver()
    expect(await deliver()).toEqual(second)
    expect(await call('git.log', { exec })).toMatchObject({
      commits: [{ subject: 'Made' }, { subject: 'First' }],
    })
  })
})
