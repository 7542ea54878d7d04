// git.status: the working tree as `git status --porcelain=v2` tells it.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { repo } from '#dsl/ops/fields.ts'
import { parseStatus } from '#dsl/text/git-status.ts'
import { git } from './git.ts'

export const gitStatus = op({
  name: 'git.status',
  summary: 'Show the branch and the changed files',
  needs: ['exec'],
  runs: 'workspace',
  effect: 'read',
  input: z.object({ repo: repo() }),
  output: z.object({
    branch: z.string().nullable().describe('null when the head is detached'),
    head: z.string().nullable().describe('Commit id; null before the first commit'),
    upstream: z.string().nullable(),
    ahead: z.int(),
    behind: z.int(),
    clean: z.boolean(),
    files: z.array(
      z.object({
        path: z.string(),
        /** Path before a rename or copy. */
        from: z.string().optional(),
        index: z.string().length(1),
        worktree: z.string().length(1),
      }),
    ),
  }),
  async run({ exec }, input) {
    return parseStatus(await git(exec, input.repo, ['status', '--porcelain=v2', '--branch', '-z']))
  },
})
