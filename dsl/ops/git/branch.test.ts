import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { gitExec } from '#dsl/powers/fake/git-exec.ts'
import type { GitExec } from '#dsl/powers/fake/git-exec.ts'

let exec: GitExec
beforeEach(async () => {
  exec = await gitExec()
  exec.write('a', 'a')
  await call('git.commit', { exec }, { message: 'First', all: true })
})
afterEach(() => exec.close())

const branch = (input: object = {}) => call('git.branch', { exec }, input)

describe('git.branch', () => {
  it('lists the branches', async () => {
    const head = (await exec.git('rev-parse', 'HEAD')).trim()
    expect(await branch()).toEqual({
      branches: [{ name: 'main', head, current: true, upstream: null }],
      created: false,
    })
  })

  it('makes one, and once only', async () => {
    expect(await branch({ name: 'feature/x' })).toMatchObject({
      created: true,
      branches: [{ name: 'feature/x', current: false }, { name: 'main' }],
    })
    expect(await branch({ name: 'feature/x' })).toMatchObject({ created: false })
  })

  it('does not move one that is elsewhere', async () => {
    await branch({ name: 'old' })
    exec.write('b', 'b')
    await call('git.commit', { exec }, { message: 'Second', all: true })
    await expect(branch({ name: 'old' })).rejects.toMatchObject({ code: 'conflict' })
    expect(await branch({ name: 'old', from: 'HEAD~1' })).toMatchObject({ created: false })
  })

  it('refuses an option in the place of a name', async () => {
    await expect(branch({ name: '-D' })).rejects.toMatchObject({ code: 'invalid' })
  })

  it('is empty before the first commit, and leaves a detached head out', async () => {
    await exec.git('checkout', '--quiet', '--detach')
    expect(await branch()).toMatchObject({ branches: [{ name: 'main', current: false }] })
  })
})
