// workspace.list: the caller's workspaces.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { WORKSPACE_INFO } from './fields.ts'

export const workspaceList = op({
  name: 'workspace.list',
  summary: 'List your workspaces',
  needs: ['workspaces'],
  runs: 'control',
  effect: 'read',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({}),
  output: z.object({ workspaces: z.array(WORKSPACE_INFO) }),
  run: async ({ workspaces }) => ({ workspaces: await workspaces.list() }),
})
