// pair.confirm: ask to come in with the code of an invitation, and wait for the person's answer.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { DEVICE_INFO } from '#dsl/ops/fields.ts'
import { deviceKind } from './fields.ts'

export const pairConfirm = op({
  name: 'pair.confirm',
  summary: 'Pair this device by the code that a signed-in person shows',
  needs: ['pairing'],
  runs: 'control',
  effect: 'write',
  doors: ['ws', 'rest', 'cli'],
  public: true,
  timeoutMs: 600_000,
  input: z.object({
    code: z.string().regex(/^\d{6}$/, 'a code is six digits'),
    name: z
      .string()
      .trim()
      .min(1)
      .max(64)
      .regex(/^[^\p{Cc}\u202a-\u202e\u2066-\u2069]+$/u, 'a name holds no control characters')
      .optional()
      .describe('What the person sees before allowing it'),
    device: deviceKind().optional().describe('What kind of device; as invited when left out'),
  }),
  events: z.object({
    type: z.literal('waiting'),
    device: z.object({ id: z.string(), name: z.string() }),
  }),
  output: z.object({
    token: z.string().describe("The device's secret, told once: it signs in as `Authorization: Bearer`"),
    device: DEVICE_INFO,
  }),
  run: ({ pairing, signal }, request, emit) =>
    pairing.confirm({ ...request, signal, waiting: (device) => emit({ type: 'waiting', device }) }),
})
