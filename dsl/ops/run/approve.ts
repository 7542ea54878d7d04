// run.approve: say yes or no to a step that waits for a person.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { runId } from '#dsl/ops/fields.ts'
import { RUN, instance } from './fields.ts'

export const runApprove = op({
  name: 'run.approve',
  summary: 'Approve a step that waits for it, or refuse',
  needs: ['runs'],
  runs: 'control',
  effect: 'write',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({
    run: runId(),
    step: instance(),
    approved: z.boolean().default(true),
    comment: z.string().max(2000).optional(),
  }),
  output: z.object({ run: RUN }),
  run: async ({ runs }, { run, step, ...verdict }) => ({ run: await runs.decide(run, step, verdict) }),
})
