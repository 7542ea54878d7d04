// git.commit: record the index, some paths or everything. The message travels by standard input, whatever its length.
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import { op } from '#dsl/op.ts'
import { path, repo } from '#dsl/ops/fields.ts'
import { LOG_FORMAT, parseLog } from '#dsl/text/git-log.ts'
import { COMMIT, git } from './git.ts'

export const gitCommit = op({
  name: 'git.commit',
  summary: 'Commit what is staged, some paths, or everything',
  needs: ['exec'],
  runs: 'workspace',
  effect: 'write',
  input: z.object({
    repo: repo(),
    message: z.string().trim().min(1).max(65_536),
    paths: z.array(path()).min(1).max(1000).optional().describe('Commit these only'),
    all: z.boolean().default(false).describe('Commit every change, new files too'),
    author: z
      .string()
      .max(512)
      .regex(/^[^<>\p{Cc}]+ <[^<>\s\p{Cc}]+>$/u, 'an author is written "Name <mail>"')
      .optional(),
  }),
  output: z.object({ commit: COMMIT }),
  async run({ exec }, { repo, message, paths, all, author }) {
    if (all && paths !== undefined)
      throw new Fault('invalid', 'git.commit: take "paths" or "all", not both.', { data: { field: 'all' } })
    const chosen = paths === undefined ? [] : ['--', ...paths]
    if (all || paths !== undefined) await git(exec, repo, ['add', '--all', ...chosen])
    const by = author === undefined ? [] : [`--author=${author}`]
    await git(exec, repo, ['commit', '--quiet', '--file=-', ...by, ...chosen], message)
    const [commit] = parseLog(await git(exec, repo, ['log', '-z', '--max-count=1', `--format=${LOG_FORMAT}`]))
    if (commit === undefined) throw new Fault('internal', 'git made a commit and does not show it.')
    return { commit }
  },
})
