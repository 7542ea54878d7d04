// workspace.stop: end every process of a workspace; its files stay.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { WORKSPACE_INFO, target } from './fields.ts'

export const workspaceStop = op({
  name: 'workspace.stop',
  summary: 'Stop a workspace, keeping its files',
  needs: ['workspaces'],
  runs: 'control',
  effect: 'write',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({ workspace: target() }),
  output: z.object({ workspace: WORKSPACE_INFO }),
  run: async ({ workspaces }, { workspace }) => ({ workspace: await workspaces.stop(workspace) }),
})
