import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeFiles } from '#dsl/powers/fake/files.ts'

describe('file.move', () => {
  it('moves the content', async () => {
    const files = fakeFiles({ a: 'hello', b: '' })
    expect(await call('file.move', { files }, { from: 'a', to: 'c' })).toMatchObject({ path: 'c', size: 5 })
  })

  it('refuses what cannot be done', async () => {
    const files = fakeFiles({ a: 'hello', b: '' })
    await expect(call('file.move', { files }, { from: 'a', to: 'b' })).rejects.toMatchObject({
      code: 'conflict',
    })
  })
})
