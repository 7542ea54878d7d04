import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakePty } from '#dsl/powers/fake/pty.ts'

describe('pty.close', () => {
  it('takes the terminal off the list', async () => {
    const pty = fakePty()
    await call('pty.open', { pty })
    await call('pty.close', { pty }, { pty: 'p1' })
    expect(await call('pty.list', { pty })).toMatchObject({ ptys: [] })
  })

  it('faults when there is no such terminal', async () => {
    const gone = call('pty.close', { pty: fakePty() }, { pty: 'p9' })
    await expect(gone).rejects.toMatchObject({ code: 'not_found' })
  })
})
