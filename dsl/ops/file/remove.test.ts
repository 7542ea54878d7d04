import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeFiles } from '#dsl/powers/fake/files.ts'

describe('file.remove', () => {
  it('leaves nothing at the path', async () => {
    const files = fakeFiles({ a: 'hello' })
    expect(await call('file.remove', { files }, { path: 'a' })).toEqual({})
    await expect(call('file.stat', { files }, { path: 'a' })).rejects.toMatchObject({ code: 'not_found' })
  })
})
