import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakePty } from '#dsl/powers/fake/pty.ts'

describe('pty.list', () => {
  it('shows every open terminal', async () => {
    const pty = fakePty()
    expect(await call('pty.list', { pty })).toEqual({ ptys: [] })
    await call('pty.open', { pty }, { name: 'build' })
    expect(await call('pty.list', { pty })).toMatchObject({ ptys: [{ id: 'p1', name: 'build' }] })
  })
})
