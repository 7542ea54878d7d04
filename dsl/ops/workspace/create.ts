// workspace.create: a new sandbox with a repository in it.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { cloneUrl } from '#dsl/text/clone-url.ts'
import { WORKSPACE_INFO } from './fields.ts'

export const workspaceCreate = op({
  name: 'workspace.create',
  summary: 'Create a workspace, cloning a repository when one is given',
  needs: ['workspaces'],
  runs: 'control',
  effect: 'write',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  timeoutMs: 600_000,
  input: z.object({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'a name is lower-case letters, digits and dashes, at most 63'),
    repo: cloneUrl().optional().describe('Repository to clone; an empty one is made when left out'),
  }),
  output: z.object({ workspace: WORKSPACE_INFO }),
  run: async ({ workspaces }, spec) => ({ workspace: await workspaces.create(spec) }),
})
