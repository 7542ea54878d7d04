import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { gitExec } from '#dsl/powers/fake/git-exec.ts'
import type { GitExec } from '#dsl/powers/fake/git-exec.ts'
import { pushFault } from './push-fault.ts'

let exec: GitExec
beforeEach(async () => {
  exec = await gitExec()
  mkdirSync(join(exec.dir, 'remote.git'))
  await exec.git('init', '--quiet', '--bare', '-b', 'main', 'remote.git')
  await exec.git('remote', 'add', 'origin', './remote.git')
  await commit('a')
})
afterEach(() => exec.close())

async function commit(name: string): Promise<void> {
  exec.write(name, name)
  await call('git.commit', { exec }, { message: name, paths: [name] })
}
const push = (input: object = {}) => call('git.push', { exec }, input)
const remote = async (ref: string) =>
  (await exec.git('--git-dir=remote.git', 'log', '--format=%s', ref)).trim()

describe('git.push', () => {
  it('brings the current branch to origin, and says so when it is there already', async () => {
    expect(await push()).toEqual({ remote: 'origin', branch: 'main', result: 'created' })
    expect(await push()).toMatchObject({ result: 'up_to_date' })
    await commit('b')
    expect(await push()).toMatchObject({ result: 'updated' })
    expect(await remote('main')).toBe('b\na')
  })

  it('brings a branch that is not the current one', async () => {
    await call('git.branch', { exec }, { name: 'feature/x' })
    expect(await push({ branch: 'feature/x' })).toMatchObject({ branch: 'feature/x', result: 'created' })
    expect(await remote('feature/x')).toBe('a')
  })

  it('refuses to lose the commits of others, and says what to do', async () => {
    await commit('b')
    await push()
    await exec.git('reset', '--quiet', '--hard', 'HEAD~1')
    await commit('c')
    await exec.git('update-ref', '-d', 'refs/remotes/origin/main')
    for (const force of [false, true])
      await expect(push({ force })).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('Fetch them'),
      })
    expect(await remote('main')).toBe('b\na')
  })

  it('replaces commits that were seen, when it is told to', async () => {
    await commit('b')
    await push()
    await exec.git('reset', '--quiet', '--hard', 'HEAD~1')
    await commit('c')
    expect(await push({ force: true })).toMatchObject({ result: 'forced' })
    expect(await remote('main')).toBe('c\na')
  })

  it('tells a remote that is not there', async () => {
    await expect(push({ remote: 'other' })).rejects.toMatchObject({ code: 'not_found' })
  })

  it.each([{ remote: '--receive-pack=id' }, { remote: 'ext::id' }, { branch: '--all' }])(
    'refuses %j before git sees it',
    async (input) => {
      await expect(push(input)).rejects.toMatchObject({ code: 'invalid' })
    },
  )

  it('tells a remote that refuses from one that is not reached, and no password of either', () => {
    const fault = (stderr: string) => pushFault({ remote: 'origin', stderr, reason: undefined })
    const refused = fault("fatal: Authentication failed for 'https://eva:pa55word@host/a.git/'")
    expect(refused.code).toBe('forbidden')
    expect(refused.message).not.toMatch(/eva|pa55word/)
    expect(fault('fatal: unable to access: Could not resolve host: git.test').code).toBe('unavailable')
    expect(fault('remote: the hook says no').code).toBe('conflict')
  })
})
