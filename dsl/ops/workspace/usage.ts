// workspace.usage: what a workspace uses now, beside what it may. It never starts one that was stopped.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { WORKSPACE_USAGE, target } from './fields.ts'

export const workspaceUsage = op({
  name: 'workspace.usage',
  summary: 'Show the CPU, memory, disk and network that a workspace uses',
  needs: ['workspaces'],
  runs: 'control',
  effect: 'read',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({ workspace: target() }),
  output: z.object({ usage: WORKSPACE_USAGE }),
  run: async ({ workspaces }, { workspace }) => ({ usage: await workspaces.usage(workspace) }),
})
