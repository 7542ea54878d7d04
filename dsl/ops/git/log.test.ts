import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { gitExec } from '#dsl/powers/fake/git-exec.ts'
import type { GitExec } from '#dsl/powers/fake/git-exec.ts'

let exec: GitExec
beforeEach(async () => {
  exec = await gitExec()
})
afterEach(() => exec.close())

describe('git.log', () => {
  it('is empty before the first commit', async () => {
    expect(await call('git.log', { exec })).toEqual({ commits: [] })
  })

  it('lists the newest commit first, as many as asked', async () => {
    for (const name of ['one', 'two', 'three']) {
      exec.write(name, name)
      await call('git.commit', { exec }, { message: `${name}\n\nBody of ${name}`, all: true })
    }
    const { commits } = await call('git.log', { exec }, { limit: 2 })
    expect(commits).toMatchObject([
      { subject: 'three', body: 'Body of three', author: { name: 'Ana' } },
      { subject: 'two' },
    ])
    expect(await call('git.log', { exec }, { paths: ['one'] })).toMatchObject({
      commits: [{ subject: 'one' }],
    })
  })

  it('refuses an option in the place of a revision', async () => {
    const hostile = call('git.log', { exec }, { from: '--output=/etc/x' })
    await expect(hostile).rejects.toMatchObject({ code: 'invalid' })
  })
})
