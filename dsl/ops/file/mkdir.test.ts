import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeFiles } from '#dsl/powers/fake/files.ts'

describe('file.mkdir', () => {
  it('makes a directory', async () => {
    const files = fakeFiles({})
    expect(await call('file.mkdir', { files }, { path: 'src' })).toMatchObject({
      path: 'src',
      type: 'directory',
    })
  })

  it('refuses what cannot be done', async () => {
    const files = fakeFiles({})
    await expect(call('file.mkdir', { files }, { path: '' })).rejects.toMatchObject({ code: 'invalid' })
  })
})
