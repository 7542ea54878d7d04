import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakePty } from '#dsl/powers/fake/pty.ts'

describe('pty.rename', () => {
  it('changes the name that the list shows', async () => {
    const pty = fakePty()
    await call('pty.open', { pty })
    await call('pty.rename', { pty }, { pty: 'p1', name: 'logs' })
    expect(await call('pty.list', { pty })).toMatchObject({ ptys: [{ name: 'logs' }] })
  })

  it('faults when there is no such terminal', async () => {
    const gone = call('pty.rename', { pty: fakePty() }, { pty: 'p9', name: 'logs' })
    await expect(gone).rejects.toMatchObject({ code: 'not_found' })
  })
})
