// run.cancel: end a run and every process of it.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { runId } from '#dsl/ops/fields.ts'
import { RUN } from './fields.ts'

export const runCancel = op({
  name: 'run.cancel',
  summary: 'Cancel a run',
  needs: ['runs'],
  runs: 'control',
  effect: 'destroy',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({ run: runId() }),
  output: z.object({ run: RUN }),
  run: async ({ runs }, { run }) => ({ run: await runs.cancel(run) }),
})
