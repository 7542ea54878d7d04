import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeFiles } from '#dsl/powers/fake/files.ts'

describe('file.write', () => {
  it('replaces the content', async () => {
    const files = fakeFiles({ a: 'old' })
    expect(await call('file.write', { files }, { path: 'a', content: 'newer' })).toMatchObject({
      path: 'a',
      size: 5,
    })
  })

  it('refuses what cannot be done', async () => {
    const files = fakeFiles({ a: 'old' })
    await expect(
      call('file.write', { files }, { path: 'a', content: 'x', ifSha256: 'f'.repeat(64) }),
    ).rejects.toMatchObject({ code: 'conflict' })
  })
})
