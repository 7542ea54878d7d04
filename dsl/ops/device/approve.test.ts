import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeDevices } from '#dsl/powers/fake/devices.ts'

describe('device.approve', () => {
  const approve = (device: string, allow?: boolean) =>
    call('device.approve', { devices: fakeDevices() }, { device, allow })

  it('lets a waiting device in, or not', async () => {
    expect(await approve('waits', true)).toMatchObject({ device: { state: 'active' } })
    expect(await approve('waits', false)).toMatchObject({ device: { state: 'revoked' } })
  })

  it('faults on a device that does not wait, and never takes silence for a yes', async () => {
    await expect(approve('phone', true)).rejects.toMatchObject({ code: 'not_found' })
    await expect(approve('waits')).rejects.toMatchObject({ code: 'invalid' })
  })
})
