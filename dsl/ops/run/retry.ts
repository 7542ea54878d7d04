// run.retry: a new run of what ran before: all of it, what failed, or from one step on.
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import { op } from '#dsl/op.ts'
import { runId } from '#dsl/ops/fields.ts'
import { workflowText } from '#dsl/ops/workflow-fields.ts'
import { RUN } from './fields.ts'

export const runRetry = op({
  name: 'run.retry',
  summary: 'Run again: everything, what failed, or from a step on',
  needs: ['runs'],
  runs: 'control',
  effect: 'write',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({
    run: runId(),
    from: z.string().max(64).optional().describe('A step: what succeeded before it is kept'),
    failed: z.boolean().optional().describe('Only what failed, was cancelled or was skipped for it'),
    here: z
      .boolean()
      .optional()
      .describe('Go on in the workspace of the first run as it is now, with what was mended there'),
    text: workflowText().optional().describe('The workflow to use; as it was when left out'),
  }),
  output: z.object({ run: RUN }),
  async run({ runs }, { run, ...how }) {
    if (how.from !== undefined && how.failed === true)
      throw new Fault('invalid', 'run.retry: take "from" or "failed", not both.', {
        data: { field: 'failed' },
      })
    if (how.here === true && how.from === undefined && how.failed !== true)
      throw new Fault('invalid', 'run.retry: "here" goes on from a step: say "from" or "failed", too.', {
        data: { field: 'here' },
      })
    return { run: await runs.repeat(run, how) }
  },
})
