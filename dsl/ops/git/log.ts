// git.log: commits, newest first. A repository without a commit has an empty log.
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import { op } from '#dsl/op.ts'
import { path, repo } from '#dsl/ops/fields.ts'
import { LOG_FORMAT, parseLog } from '#dsl/text/git-log.ts'
import { COMMIT, git, revision } from './git.ts'

export const gitLog = op({
  name: 'git.log',
  summary: 'List commits, newest first',
  needs: ['exec'],
  runs: 'workspace',
  effect: 'read',
  input: z.object({
    repo: repo(),
    limit: z.int().min(1).max(1000).default(50).describe('Most commits to list'),
    skip: z.int().min(0).default(0).describe('Commits to pass over first'),
    from: revision().optional().describe('Where to start; the head when left out'),
    paths: z.array(path()).max(1000).default([]).describe('Only commits that touch these'),
  }),
  output: z.object({ commits: z.array(COMMIT) }),
  async run({ exec }, { repo, limit, skip, from, paths }) {
    const bounds = [`--max-count=${limit}`, `--skip=${skip}`, `--format=${LOG_FORMAT}`]
    const where = [...(from === undefined ? [] : [from]), '--', ...paths]
    const text = await git(exec, repo, ['log', '-z', ...bounds, ...where]).catch(noneYet)
    return { commits: parseLog(text) }
  },
})

function noneYet(error: unknown): string {
  if (error instanceof Fault && error.message.includes('does not have any commits yet')) return ''
  throw error
}
