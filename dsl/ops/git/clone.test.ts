import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { gitExec } from '#dsl/powers/fake/git-exec.ts'
import type { GitExec } from '#dsl/powers/fake/git-exec.ts'

let exec: GitExec
beforeEach(async () => {
  exec = await gitExec()
})
afterEach(() => exec.close())

describe('git.clone', () => {
  it('clones into a directory of its own name', async () => {
    exec.write('a', 'a')
    await call('git.commit', { exec }, { message: 'First', all: true })
    const cloned = await call('git.clone', { exec }, { url: `file://${exec.dir}`, dir: 'copy', depth: 1 })
    expect(cloned).toMatchObject({ path: 'copy', branch: 'main' })
    expect(await call('git.log', { exec }, { repo: 'copy' })).toMatchObject({
      commits: [{ subject: 'First' }],
    })
  })

  it.each(['ext::sh -c id', 'ext::id', '--upload-pack=id', 'https://user:word@host/a'])(
    'refuses %s before git sees it',
    async (url) => {
      await expect(call('git.clone', { exec }, { url })).rejects.toMatchObject({ code: 'invalid' })
    },
  )
})
