// workflow.schema: the JSON Schema of workflow files, for editors.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { workflowJsonSchema } from '#dsl/workflow/json-schema.ts'

export const workflowSchema = op({
  name: 'workflow.schema',
  summary: 'Print the JSON Schema of workflow files, for an editor',
  needs: ['stepKinds'],
  runs: 'control',
  effect: 'read',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({}),
  output: z.object({ schema: z.record(z.string(), z.unknown()) }),
  run: ({ stepKinds }) => Promise.resolve({ schema: workflowJsonSchema(stepKinds) }),
})
