// workspace.start: bring a workspace's sandbox up; one that runs already stays as it is.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { WORKSPACE_INFO, target } from './fields.ts'

export const workspaceStart = op({
  name: 'workspace.start',
  summary: 'Start a workspace',
  needs: ['workspaces'],
  runs: 'control',
  effect: 'write',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({ workspace: target() }),
  output: z.object({ workspace: WORKSPACE_INFO }),
  run: async ({ workspaces }, { workspace }) => ({ workspace: await workspaces.start(workspace) }),
})
