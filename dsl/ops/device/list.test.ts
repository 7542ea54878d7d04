import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeDevices } from '#dsl/powers/fake/devices.ts'

describe('device.list', () => {
  it('answers with those that are paired and those that ask', async () => {
    const { devices } = await call('device.list', { devices: fakeDevices() })
    expect(devices).toMatchObject([
      { id: 'waits', state: 'pending' },
      { id: 'phone', state: 'active' },
    ])
  })

  it('needs the power over devices', async () => {
    await expect(call('device.list', {})).rejects.toMatchObject({ code: 'internal' })
  })
})
