import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakePty } from '#dsl/powers/fake/pty.ts'

describe('pty.attach', () => {
  it('goes on from the cursor that the client has', async () => {
    const pty = fakePty()
    const { pty: id } = await call('pty.open', { pty })
    expect(await call('pty.attach', { pty }, { pty: id, cursor: 7 })).toMatchObject({ pty: id, cursor: 7 })
  })

  it('gives a fresh client the screen', async () => {
    const pty = fakePty()
    const { pty: id } = await call('pty.open', { pty })
    expect(await call('pty.attach', { pty }, { pty: id })).toHaveProperty('screen')
  })

  it('refuses a terminal that is not there, and a cursor below zero', async () => {
    const pty = fakePty()
    await expect(call('pty.attach', { pty }, { pty: 'p9' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(call('pty.attach', { pty }, { pty: 'p1', cursor: -1 })).rejects.toMatchObject({
      code: 'invalid',
    })
  })
})
