// run.get: a run with its steps as they stand.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { runId } from '#dsl/ops/fields.ts'
import { EGRESS, RUN, STEP } from './fields.ts'

export const runGet = op({
  name: 'run.get',
  summary: 'Show a run and its steps',
  needs: ['runs'],
  runs: 'control',
  effect: 'read',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({ run: runId() }),
  output: z.object({
    run: RUN,
    steps: z.array(STEP),
    edges: z.array(z.object({ from: z.string(), to: z.string() })).describe('Worth drawing, by step id'),
    policy: z.object({
      allow_commands: z.array(z.string()).optional(),
      egress_allow: z.array(z.string()).optional(),
      max_cost_usd: z.number().optional(),
      max_time_ms: z.number().optional(),
    }),
    egress: z.array(EGRESS).describe('What its sandbox asked of the network, each different thing once'),
    inputs: z.record(z.string(), z.unknown()),
    text: z.string().describe('The workflow as it was when the run began'),
    cursor: z.int().describe('The last event that this is as new as: where run.watch goes on'),
  }),
  async run({ runs }, { run }) {
    const { steps, edges, policy, egress, ...rest } = await runs.get(run)
    const { allow_commands, egress_allow, ...limits } = policy
    return {
      ...rest,
      steps: [...steps],
      edges: [...edges],
      egress: [...egress],
      policy: {
        ...limits,
        ...(allow_commands && { allow_commands: [...allow_commands] }),
        ...(egress_allow && { egress_allow: [...egress_allow] }),
      },
    }
  },
})
