import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeDevices } from '#dsl/powers/fake/devices.ts'

describe('device.revoke', () => {
  it('ends a device for good', async () => {
    const devices = fakeDevices()
    const revoke = () => call('device.revoke', { devices }, { device: 'phone' })
    expect(await revoke()).toMatchObject({ device: { id: 'phone', state: 'revoked' } })
    await expect(revoke()).rejects.toMatchObject({ code: 'not_found' })
  })
})
