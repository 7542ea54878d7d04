import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakePairing } from '#dsl/powers/fake/pairing.ts'

describe('pair.init', () => {
  it('answers with the code, its end and what the QR code holds', async () => {
    const made = await call('pair.init', { pairing: fakePairing() }, { device: 'android', nonce: 'n1' })
    expect(made).toEqual({
      code: '123456',
      expiresAt: '2026-01-01T00:00:00Z',
      url: 'http://localhost/#pair=123456',
    })
  })

  it('refuses a nonce that was used, and a kind of device that it does not know', async () => {
    const pairing = fakePairing()
    const init = (device: string) => call('pair.init', { pairing }, { device, nonce: 'n1' })
    await init('web')
    await expect(init('web')).rejects.toMatchObject({ code: 'conflict' })
    await expect(init('toaster')).rejects.toMatchObject({ code: 'invalid' })
  })
})
