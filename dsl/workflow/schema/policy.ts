// What a run may do at most. It only narrows: a plan decides what is allowed at all.
import { z } from 'zod'
import { DAY_MS, milliseconds } from './text.ts'

export const policy = z
  .strictObject({
    allow_commands: z
      .array(z.string().min(1).max(500))
      .max(200)
      .optional()
      .describe('Commands that steps may run, as patterns: "npm ci", "git *". Everything else is denied'),
    egress_allow: z
      .array(z.string().min(1).max(253))
      .max(200)
      .optional()
      .describe('Hosts that steps may reach; a leading "*." stands for every name below'),
    max_cost_usd: z
      .number()
      .min(0)
      .max(10_000)
      .optional()
      .describe('Dollars for all LLM calls of a run together'),
    max_time_ms: milliseconds(30 * DAY_MS)
      .optional()
      .describe('Milliseconds from the start of a run to its end'),
  })
  .describe('Limits of a run; each one narrows what the plan allows')
