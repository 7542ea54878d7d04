import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeFiles } from '#dsl/powers/fake/files.ts'

describe('file.stat', () => {
  it('tells type and size without the content', async () => {
    const files = fakeFiles({ a: 'hello' })
    expect(await call('file.stat', { files }, { path: 'a' })).toMatchObject({
      type: 'file',
      size: 5,
      mode: '644',
    })
  })

  it('refuses what cannot be done', async () => {
    const files = fakeFiles({ a: 'hello' })
    await expect(call('file.stat', { files }, { path: 'b' })).rejects.toMatchObject({ code: 'not_found' })
  })
})
