// git.push: bring a branch to a remote. Pushing what is there already changes nothing, so it may be sent again. It never
// overwrites commits that this repository has not seen.
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import { op } from '#dsl/op.ts'
import { repo } from '#dsl/ops/fields.ts'
import { parsePush } from '#dsl/text/git-push.ts'
import { pushFault } from './push-fault.ts'
import { revision } from './git.ts'

export const gitPush = op({
  name: 'git.push',
  summary: 'Push a branch to a remote',
  needs: ['exec'],
  runs: 'workspace',
  effect: 'write',
  idempotent: true,
  timeoutMs: 600_000,
  input: z.object({
    repo: repo(),
    remote: z
      .string()
      .max(256)
      .regex(/^[A-Za-z0-9_][\w.-]*$/, 'a remote is named by letters, digits, ".", "_" and "-"')
      .default('origin'),
    branch: revision().optional().describe('The current branch when left out'),
    force: z
      .boolean()
      .default(false)
      .describe('Replace its commits there, if they are still those last fetched (--force-with-lease)'),
  }),
  output: z.object({
    remote: z.string(),
    branch: z.string(),
    result: z.enum(['created', 'updated', 'forced', 'up_to_date']),
  }),
  async run({ exec }, { repo, remote, branch, force }) {
    const what = branch === undefined ? 'HEAD' : `refs/heads/${branch}:refs/heads/${branch}`
    const how = force ? ['--force-with-lease'] : []
    const { exitCode, stdout, stderr } = await exec.run(
      ['git', 'push', '--porcelain', ...how, '--', remote, what],
      { cwd: repo },
    )
    const pushed = parsePush(stdout)
    if (exitCode !== 0 || pushed === undefined || pushed.result === 'rejected')
      throw pushFault({ remote, stderr, reason: pushed?.reason })
    if (!pushed.to.startsWith('refs/heads/'))
      throw new Fault('internal', `git pushed "${pushed.to}", which is no branch.`)
    return { remote, branch: pushed.to.slice('refs/heads/'.length), result: pushed.result }
  },
})
