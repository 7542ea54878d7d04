// git.diff: what changed, file by file, and the patch itself. It never runs a diff driver that a repository names.
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import { op } from '#dsl/op.ts'
import { path, repo } from '#dsl/ops/fields.ts'
import { parseDiff } from '#dsl/text/git-diff.ts'
import { git, revision } from './git.ts'

const PATCH_MAX = 1_048_576
const FORMAT = ['--raw', '--numstat', '--patch', '-z', '--find-renames', '--no-color', '--no-ext-diff']
const PLAIN = ['--no-textconv', '--src-prefix=a/', '--dst-prefix=b/']

export const gitDiff = op({
  name: 'git.diff',
  summary: 'Show what changed, file by file',
  needs: ['exec'],
  runs: 'workspace',
  effect: 'read',
  input: z.object({
    repo: repo(),
    staged: z.boolean().default(false).describe('What the next commit holds, instead of the working tree'),
    from: revision().optional().describe('Compare with this commit instead of the index'),
    to: revision().optional().describe('Up to this commit instead of the working tree; needs `from`'),
    paths: z.array(path()).max(1000).default([]).describe('Only these'),
  }),
  output: z.object({
    files: z.array(
      z.object({
        path: z.string(),
        from: z.string().optional().describe('Path before a rename or copy'),
        status: z.enum(['added', 'copied', 'deleted', 'modified', 'renamed', 'type', 'unmerged']),
        binary: z.boolean(),
        added: z.int().describe('Lines'),
        removed: z.int().describe('Lines'),
        hunks: z.array(
          z.object({
            oldStart: z.int(),
            oldLines: z.int(),
            newStart: z.int(),
            newLines: z.int(),
            lines: z.array(z.string()).describe('With their mark: " ", "+", "-" or "\\"'),
          }),
        ),
      }),
    ),
    patch: z.string().describe('At most 1 MiB'),
    truncated: z.boolean().describe('`patch` and `hunks` were cut; `files` is whole'),
  }),
  async run({ exec }, { repo, staged, from, to, paths }) {
    if (to !== undefined && from === undefined)
      throw new Fault('invalid', 'git.diff: "to" needs "from".', { data: { field: 'from' } })
    const between = [...(staged ? ['--cached'] : []), ...[from, to].filter((side) => side !== undefined)]
    const text = await git(exec, repo, ['diff', ...FORMAT, ...PLAIN, ...between, '--', ...paths])
    return parseDiff(text, PATCH_MAX)
  },
})
