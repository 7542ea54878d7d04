// git.checkout: switch to a branch, tag or commit. It never throws changes away: git refuses to overwrite them.
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import { op } from '#dsl/op.ts'
import { repo } from '#dsl/ops/fields.ts'
import { parseStatus } from '#dsl/text/git-status.ts'
import { git, revision } from './git.ts'

export const gitCheckout = op({
  name: 'git.checkout',
  summary: 'Switch to a branch, a tag or a commit',
  needs: ['exec'],
  runs: 'workspace',
  effect: 'write',
  idempotent: true,
  input: z.object({
    repo: repo(),
    ref: revision().describe('Branch, tag or commit'),
    create: z.boolean().default(false).describe('Make the branch when it is not there yet'),
    from: revision().optional().describe('Where a new branch starts; the head when left out'),
  }),
  output: z.object({
    branch: z.string().nullable().describe('null when the head is detached'),
    head: z.string().nullable().describe('Commit id; null before the first commit'),
    created: z.boolean(),
  }),
  async run({ exec }, { repo, ref, create, from }) {
    if (from !== undefined && !create)
      throw new Fault('invalid', 'git.checkout: "from" needs "create".', { data: { field: 'create' } })
    const start = from === undefined ? [] : [from]
    const made = create
      ? await git(exec, repo, ['checkout', '--quiet', '--no-track', '-b', ref, ...start, '--']).then(
          () => true,
          isThere,
        )
      : false
    if (!made) await git(exec, repo, ['checkout', '--quiet', ref, '--'])
    const { branch, head } = parseStatus(
      await git(exec, repo, ['status', '--porcelain=v2', '--branch', '-z']),
    )
    return { branch, head, created: made }
  },
})

function isThere(error: unknown): false {
  if (error instanceof Fault && error.message.includes('already exists')) return false
  throw error
}
