// device.list: the caller's devices, those that ask to come in among them.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { DEVICE_INFO } from '#dsl/ops/fields.ts'

export const deviceList = op({
  name: 'device.list',
  summary: 'List your devices, and those that ask to be one',
  needs: ['devices'],
  runs: 'control',
  effect: 'read',
  doors: ['ws', 'rest', 'cli'],
  input: z.object({}),
  output: z.object({ devices: z.array(DEVICE_INFO) }),
  run: async ({ devices }) => ({ devices: await devices.list() }),
})
