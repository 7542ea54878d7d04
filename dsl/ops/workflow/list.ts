// workflow.list: stored workflows, one's own and the examples.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { WORKFLOW_INFO } from './fields.ts'

export const workflowList = op({
  name: 'workflow.list',
  summary: 'List your workflows and the examples',
  needs: ['workflows'],
  runs: 'control',
  effect: 'read',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({}),
  output: z.object({ workflows: z.array(WORKFLOW_INFO) }),
  run: async ({ workflows }) => ({ workflows: await workflows.list() }),
})
