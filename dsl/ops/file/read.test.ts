import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeFiles } from '#dsl/powers/fake/files.ts'

describe('file.read', () => {
  it('reads a part with the size of the whole', async () => {
    const files = fakeFiles({ a: 'hello' })
    expect(await call('file.read', { files }, { path: 'a', offset: 1, length: 2 })).toMatchObject({
      content: 'el',
      size: 5,
      encoding: 'utf8',
    })
  })

  it('refuses what cannot be done', async () => {
    const files = fakeFiles({ a: 'hello' })
    await expect(call('file.read', { files }, { path: 'b' })).rejects.toMatchObject({ code: 'not_found' })
  })
})
