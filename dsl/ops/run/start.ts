// run.start: run a workflow in a workspace of its own. It answers at once; run.watch follows.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { workflowFile, workflowText } from '#dsl/ops/fields.ts'
import { cloneUrl } from '#dsl/text/clone-url.ts'
import { RUN } from './fields.ts'

export const runStart = op({
  name: 'run.start',
  summary: 'Run a workflow',
  needs: ['runs'],
  runs: 'control',
  effect: 'write',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({
    text: workflowText(),
    file: workflowFile(),
    inputs: z.record(z.string(), z.unknown()).default({}).describe('What `on: manual` asks for'),
    repo: cloneUrl().optional().describe('Repository to clone to /work/app; an empty one when left out'),
    branch: z.string().min(1).max(255).optional().describe("The repository's default branch when left out"),
  }),
  output: z.object({ run: RUN }),
  run: async ({ runs }, spec) => ({ run: await runs.start(spec) }),
})
