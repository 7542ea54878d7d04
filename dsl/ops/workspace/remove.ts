// workspace.remove: stop a workspace and delete its files, for good.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { target } from './fields.ts'

export const workspaceRemove = op({
  name: 'workspace.remove',
  summary: 'Delete a workspace and its files',
  needs: ['workspaces'],
  runs: 'control',
  effect: 'destroy',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({ workspace: target() }),
  output: z.object({}),
  async run({ workspaces }, { workspace }) {
    await workspaces.remove(workspace)
    return {}
  },
})
