// workflow.save: keep a workflow under the name that its file says, in place of the one that had it.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { workflowText } from '#dsl/ops/workflow-fields.ts'
import { WORKFLOW_INFO, workflowName } from './fields.ts'

export const workflowSave = op({
  name: 'workflow.save',
  summary: 'Store a workflow, in place of the one of its name',
  needs: ['workflows'],
  runs: 'control',
  effect: 'write',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({
    text: workflowText(),
    name: workflowName().optional().describe('What the file must be called; its own name when left out'),
  }),
  output: WORKFLOW_INFO,
  run: ({ workflows }, { text, name }) => workflows.save(text, name),
})
