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

const checkout = (input: object) => call('git.checkout', { exec }, input)

describe('git.checkout', () => {
  it('makes a branch and switches to it; asked again, it only switches', async () => {
    expect(await checkout({ ref: 'feature/x', create: true })).toMatchObject({
      branch: 'feature/x',
      created: true,
    })
    await checkout({ ref: 'main' })
    expect(await checkout({ ref: 'feature/x', create: true })).toMatchObject({
      branch: 'feature/x',
      created: false,
    })
  })

  it('detaches the head at a commit', async () => {
    const head = (await exec.git('rev-parse', 'HEAD')).trim()
    expect(await checkout({ ref: head })).toEqual({ branch: null, head, created: false })
  })

  it('keeps changes that it would overwrite', async () => {
    await checkout({ ref: 'other', create: true })
    exec.write('a', 'other')
    await call('git.commit', { exec }, { message: 'Other', all: true })
    await checkout({ ref: 'main' })
    exec.write('a', 'mine')
    await expect(checkout({ ref: 'other' })).rejects.toMatchObject({ code: 'conflict' })
    expect(await call('git.diff', { exec }, {})).toMatchObject({
      files: [{ hunks: [{ lines: expect.arrayContaining(['+mine']) }] }],
    })
  })

  it('says that a branch is not there, and takes no file for one', async () => {
    for (const ref of ['missing', 'a'])
      await expect(checkout({ ref })).rejects.toMatchObject({ code: 'conflict' })
  })
})
