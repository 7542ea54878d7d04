import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeFiles } from '#dsl/powers/fake/files.ts'

describe('file.list', () => {
  it('shows what the repository holds when no path is given', async () => {
    const files = fakeFiles({ a: '', b: '' })
    expect(await call('file.list', { files }, {})).toMatchObject({ files: [{ name: 'a' }, { name: 'b' }] })
  })

  it('refuses what cannot be done', async () => {
    const files = fakeFiles({ a: '', b: '' })
    await expect(call('file.list', { files }, { path: 'a\0b' })).rejects.toMatchObject({ code: 'invalid' })
  })
})
