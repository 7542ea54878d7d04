// git.clone: copy a repository into the workspace. An address with credentials or a remote helper is refused unread.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { path } from '#dsl/ops/fields.ts'
import { cloneDirectory, cloneUrl } from '#dsl/text/clone-url.ts'
import { parseStatus } from '#dsl/text/git-status.ts'
import { git, revision } from './git.ts'

export const gitClone = op({
  name: 'git.clone',
  summary: 'Clone a repository into the workspace',
  needs: ['exec'],
  runs: 'workspace',
  effect: 'write',
  timeoutMs: 600_000,
  input: z.object({
    url: cloneUrl().describe('https, ssh or git address, or a path in the workspace'),
    dir: path().optional().describe("Where to; the repository's name when left out"),
    branch: revision().optional().describe('Branch or tag to check out'),
    depth: z.int().min(1).optional().describe('Commits of history to fetch; all when left out'),
  }),
  output: z.object({
    path: z.string(),
    branch: z.string().nullable(),
    head: z.string().nullable().describe('Commit id; null when the repository is empty'),
  }),
  async run({ exec }, { url, dir = cloneDirectory(url), branch, depth }) {
    const only = [
      ...(branch === undefined ? [] : [`--branch=${branch}`]),
      ...(depth === undefined ? [] : [`--depth=${depth}`]),
    ]
    await git(exec, undefined, ['clone', '--quiet', ...only, '--', url, dir])
    const status = parseStatus(await git(exec, dir, ['status', '--porcelain=v2', '--branch', '-z']))
    return { path: dir, branch: status.branch, head: status.head }
  },
})
