// git.commit: record the index, some paths or everything. The message travels by standard input, whatever its length.
// A call that is delivered again makes no second commit.
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import { op } from '#dsl/op.ts'
import { once, path, repo } from '#dsl/ops/fields.ts'
import type { Exec } from '#dsl/powers/exec.ts'
import { LOG_FORMAT, parseLog } from '#dsl/text/git-log.ts'
import type { LogEntry } from '#dsl/text/git-log.ts'
import { COMMIT, git } from './git.ts'
import { committedAs, LABEL } from './once.ts'

export const gitCommit = op({
  name: 'git.commit',
  summary: 'Commit what is staged, some paths, or everything',
  needs: ['exec'],
  runs: 'workspace',
  effect: 'write',
  idempotent: true,
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
    once: once(),
  }),
  output: z.object({ commit: COMMIT }),
  async run({ exec }, { repo, message, paths, all, author, once }) {
    if (all && paths !== undefined)
      throw new Fault('invalid', 'git.commit: take "paths" or "all", not both.', { data: { field: 'all' } })
    const made = once === undefined ? undefined : await committedAs(exec, repo, once)
    if (made !== undefined) return { commit: await show(exec, repo, made) }
    const chosen = paths === undefined ? [] : ['--', ...paths]
    if (all || paths !== undefined) await git(exec, repo, ['add', '--all', ...chosen])
    const by = author === undefined ? [] : [`--author=${author}`]
    const label = once === undefined ? undefined : { [LABEL]: once }
    await git(exec, repo, ['commit', '--quiet', '--file=-', ...by, ...chosen], message, label)
    return { commit: await show(exec, repo, 'HEAD') }
  },
})

async function show(exec: Exec, repo: string | undefined, id: string): Promise<LogEntry> {
  const text = await git(exec, repo, ['log', '-z', '--max-count=1', `--format=${LOG_FORMAT}`, id, '--'])
  const [commit] = parseLog(text)
  if (commit === undefined) throw new Fault('internal', 'git made a commit and does not show it.')
  return commit
}
