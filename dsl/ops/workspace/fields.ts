// Fields of the workspace ops.
import { z } from 'zod'
import { WORKSPACE, time } from '#dsl/ops/fields.ts'

export const target = () => WORKSPACE.describe('Workspace id or name')

export const WORKSPACE_INFO = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(['stopped', 'starting', 'running']),
  repo: z.string().optional().describe('The repository it was made from'),
  driver: z.string().describe('What isolates it'),
  ofRun: z.boolean().describe('Whether a run of a workflow made it'),
  createdAt: time(),
})
