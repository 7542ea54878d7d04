// pair.init: invite one device. Who knows the code may ask to come in; the person who shows it decides.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { time } from '#dsl/ops/fields.ts'
import { deviceKind } from './fields.ts'

export const pairInit = op({
  name: 'pair.init',
  summary: 'Invite a device by a six-digit code or a QR code',
  needs: ['pairing'],
  runs: 'control',
  effect: 'write',
  doors: ['ws', 'rest', 'cli'],
  input: z.object({
    device: deviceKind(),
    nonce: z
      .string()
      .min(1)
      .max(128)
      .describe('A new random text for each invitation; a used one is refused'),
  }),
  output: z.object({
    code: z.string().describe('Six digits, for one device'),
    expiresAt: time(),
    url: z.string().describe('What the QR code holds'),
  }),
  run: ({ pairing }, request) => pairing.init(request),
})
