// workflow.get: a stored workflow, its text, and what it asks who starts it.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { INPUT, WORKFLOW_INFO, workflowName } from './fields.ts'

export const workflowGet = op({
  name: 'workflow.get',
  summary: 'Show a stored workflow',
  needs: ['workflows'],
  runs: 'control',
  effect: 'read',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({ name: workflowName() }),
  output: WORKFLOW_INFO.extend({
    text: z.string().describe('The workflow, as YAML'),
    inputs: z.record(z.string(), INPUT).describe('What `on: manual` asks for'),
  }),
  run: ({ workflows }, { name }) => workflows.get(name),
})
