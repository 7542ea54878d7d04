import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakePty } from '#dsl/powers/fake/pty.ts'

describe('pty.resize', () => {
  it('changes the size that the list shows', async () => {
    const pty = fakePty()
    await call('pty.open', { pty })
    await call('pty.resize', { pty }, { pty: 'p1', cols: 100, rows: 30 })
    expect(await call('pty.list', { pty })).toMatchObject({ ptys: [{ cols: 100, rows: 30 }] })
  })

  it('faults when there is no such terminal', async () => {
    const gone = call('pty.resize', { pty: fakePty() }, { pty: 'p9', cols: 100, rows: 30 })
    await expect(gone).rejects.toMatchObject({ code: 'not_found' })
  })
})
