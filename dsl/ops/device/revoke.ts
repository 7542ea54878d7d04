// device.revoke: a device's token ends, and so do its connections.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { DEVICE_INFO } from '#dsl/ops/fields.ts'
import { device } from './fields.ts'

export const deviceRevoke = op({
  name: 'device.revoke',
  summary: 'End a device and its connections at once',
  needs: ['devices'],
  runs: 'control',
  effect: 'destroy',
  doors: ['ws', 'rest', 'cli'],
  input: z.object({ device: device() }),
  output: z.object({ device: DEVICE_INFO }),
  run: async ({ devices }, { device }) => ({ device: await devices.revoke(device) }),
})
