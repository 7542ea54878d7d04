// workflow.remove: forget a stored workflow. Its runs stay.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { workflowName } from './fields.ts'

export const workflowRemove = op({
  name: 'workflow.remove',
  summary: 'Delete a stored workflow; its runs stay',
  needs: ['workflows'],
  runs: 'control',
  effect: 'destroy',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({ name: workflowName() }),
  output: z.object({}),
  async run({ workflows }, { name }) {
    await workflows.remove(name)
    return {}
  },
})
