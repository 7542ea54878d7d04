import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakePty } from '#dsl/powers/fake/pty.ts'

describe('pty.open', () => {
  it('opens 80 by 24 cells unless told otherwise, and starts at cursor 0', async () => {
    expect(await call('pty.open', { pty: fakePty() })).toMatchObject({ cols: 80, rows: 24, cursor: 0 })
    expect(await call('pty.open', { pty: fakePty() }, { cols: 132, rows: 50 })).toMatchObject({ cols: 132 })
  })

  it('refuses a size that no screen has', async () => {
    await expect(call('pty.open', { pty: fakePty() }, { cols: 0 })).rejects.toMatchObject({ code: 'invalid' })
  })
})
