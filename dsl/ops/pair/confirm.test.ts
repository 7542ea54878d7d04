import { describe, expect, it } from 'vitest'
import { findOp } from '#dsl/catalog.ts'
import { call } from '#dsl/powers/fake/call.ts'
import { fakePairing } from '#dsl/powers/fake/pairing.ts'

describe('pair.confirm', () => {
  const confirm = (input: object, events: unknown[] = []) =>
    call('pair.confirm', { pairing: fakePairing() }, input, events)

  it('says that it waits, and answers with the token and the device', async () => {
    const events: unknown[] = []
    const answer = await confirm({ code: '123456', name: ' Pixel ', device: 'android' }, events)
    expect(events).toEqual([{ type: 'waiting', device: { id: 'd1', name: 'Pixel' } }])
    expect(answer).toMatchObject({ token: 'fake-token', device: { name: 'Pixel', kind: 'android' } })
  })

  it('is for strangers, and leaves a person ten minutes to answer', () => {
    expect(findOp('pair.confirm')).toMatchObject({ public: true, timeoutMs: 600_000 })
  })

  it('faults on a wrong code, a code that is not six digits, and a name that draws on a screen', async () => {
    await expect(confirm({ code: '654321' })).rejects.toMatchObject({ code: 'denied' })
    await expect(confirm({ code: '12345' })).rejects.toMatchObject({ code: 'invalid' })
    await expect(confirm({ code: '123456', name: '\u001b[2J' })).rejects.toMatchObject({ code: 'invalid' })
  })
})
