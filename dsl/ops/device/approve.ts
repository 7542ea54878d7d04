// device.approve: the person's answer to a device that asks to come in.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { DEVICE_INFO } from '#dsl/ops/fields.ts'
import { device } from './fields.ts'

export const deviceApprove = op({
  name: 'device.approve',
  summary: 'Allow or refuse a device that waits to be paired',
  needs: ['devices'],
  runs: 'control',
  effect: 'write',
  doors: ['ws', 'rest', 'cli'],
  input: z.object({
    device: device(),
    allow: z.boolean().describe('True lets it act as you until you revoke it'),
  }),
  output: z.object({ device: DEVICE_INFO }),
  run: async ({ devices }, { device, allow }) => ({ device: await devices.approve(device, allow) }),
})
