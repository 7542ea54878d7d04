// Fields that the run ops share: the shapes of dsl/powers/runs.ts as doors check and document them.
import { z } from 'zod'
import { EGRESS_KINDS, EGRESS_LISTS, RUN_STATES, STEP_STATES } from '#dsl/powers/runs.ts'

export const instance = () =>
  z.string().min(1).max(128).describe('Id of a step; with [n] for one combination of its matrix')
const time = () => z.string().describe('ISO 8601')
const MONEY = z.number().min(0).describe('US dollars')

export const RUN = z.object({
  id: z.string(),
  number: z.int().describe("Counts the caller's runs of this workflow"),
  workflow: z.string(),
  state: z.enum(RUN_STATES),
  reason: z.string().optional().describe('Why it waits or how it ended'),
  trigger: z.enum(['manual', 'cron', 'github', 'webhook', 'retry']),
  repo: z.string().optional(),
  branch: z.string().optional(),
  workspace: z.string().optional().describe('Name of its workspace, while that exists'),
  retryOf: z.string().optional().describe('The run that this one repeats'),
  costUsd: MONEY,
  createdAt: time(),
  startedAt: time().optional(),
  endedAt: time().optional(),
})

export const STEP = z.object({
  id: instance(),
  step: z.string(),
  name: z.string(),
  uses: z.string().optional(),
  state: z.enum(STEP_STATES),
  reason: z.string().optional().describe('Why it waits, was skipped or failed'),
  combination: z.string().optional().describe('node=20, os=linux'),
  attempts: z.int(),
  input: z.record(z.string(), z.unknown()).optional().describe('What it was given'),
  output: z.unknown().optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  conclusion: z
    .enum(['success', 'failure', 'cancelled', 'skipped'])
    .optional()
    .describe('A failure that is allowed to happen is a success'),
  costUsd: MONEY,
  startedAt: time().optional(),
  endedAt: time().optional(),
})

export const EGRESS = z.object({
  kind: z.enum(EGRESS_KINDS),
  target: z.string().optional().describe('host:port, or the address of a repository or registry'),
  outcome: z.enum(['allowed', 'denied', 'failed']),
  reason: z.string().optional().describe('Code of why it was not allowed'),
  message: z.string().optional().describe('The same as a sentence'),
  rule: z.string().optional().describe('The rule that allows it; of what was denied, the one that would'),
  list: z.enum(EGRESS_LISTS).optional().describe('Where that rule is to be added'),
  steps: z.array(z.string()).describe('The steps that ran when it was asked'),
})

export const RUN_EVENT = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run'), cursor: z.int(), at: time(), run: RUN }),
  z.object({ type: z.literal('step'), cursor: z.int(), at: time(), step: STEP }),
  z.object({ type: z.literal('egress'), cursor: z.int(), at: time(), egress: EGRESS }),
])
