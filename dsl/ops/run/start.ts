// run.start: run a workflow, given or stored, in a workspace of its own. It answers at once; run.watch follows.
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import { op } from '#dsl/op.ts'
import { workflowFile, workflowText } from '#dsl/ops/workflow-fields.ts'
import { cloneUrl } from '#dsl/text/clone-url.ts'
import { RUN } from './fields.ts'

export const runStart = op({
  name: 'run.start',
  summary: 'Run a workflow',
  needs: ['runs', 'workflows'],
  runs: 'control',
  effect: 'write',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({
    text: workflowText().optional(),
    workflow: z.string().min(1).max(128).optional().describe('Name of a stored workflow, instead of text'),
    file: workflowFile(),
    inputs: z.record(z.string(), z.unknown()).default({}).describe('What `on: manual` asks for'),
    repo: cloneUrl().optional().describe('Repository to clone to /work/app; an empty one when left out'),
    branch: z.string().min(1).max(255).optional().describe("The repository's default branch when left out"),
  }),
  output: z.object({ run: RUN }),
  async run({ runs, workflows }, { text, workflow, file, ...spec }) {
    if (text !== undefined && workflow === undefined)
      return { run: await runs.start({ ...spec, text, file }) }
    if (text === undefined && workflow !== undefined) {
      const stored = await workflows.get(workflow)
      return { run: await runs.start({ ...spec, text: stored.text, file: `${stored.name}.yaml` }) }
    }
    throw new Fault('invalid', 'run.start: give "text" or "workflow", one of both.', {
      data: { field: 'workflow' },
    })
  },
})
