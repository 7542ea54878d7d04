// git.branch: list the branches, or make one. Making one that is there already, at the same commit, changes nothing.
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import { op } from '#dsl/op.ts'
import { repo } from '#dsl/ops/fields.ts'
import type { Exec } from '#dsl/powers/exec.ts'
import { git, revision } from './git.ts'

const FORMAT = ['refname:short', 'objectname', 'HEAD', 'upstream:short']
  .map((field) => `%(${field})`)
  .join('%00')

export const gitBranch = op({
  name: 'git.branch',
  summary: 'List branches, or make one',
  needs: ['exec'],
  runs: 'workspace',
  effect: 'write',
  idempotent: true,
  input: z.object({
    repo: repo(),
    name: revision().optional().describe('The branch to make; lists only when left out'),
    from: revision().optional().describe('Where it starts; the head when left out'),
  }),
  output: z.object({
    branches: z.array(
      z.object({
        name: z.string(),
        head: z.string().describe('Commit id'),
        current: z.boolean(),
        upstream: z.string().nullable(),
      }),
    ),
    created: z.boolean(),
  }),
  async run({ exec }, { repo, name, from }) {
    if (name === undefined && from !== undefined)
      throw new Fault('invalid', 'git.branch: "from" needs "name".', { data: { field: 'name' } })
    const before = await list(exec, repo)
    if (name === undefined) return { branches: before, created: false }
    const there = before.find((branch) => branch.name === name)
    if (there === undefined) {
      await git(exec, repo, ['branch', '--no-track', '--', name, ...(from === undefined ? [] : [from])])
      return { branches: await list(exec, repo), created: true }
    }
    const goal = await git(exec, repo, [
      'rev-parse',
      '--verify',
      '--end-of-options',
      `${from ?? 'HEAD'}^{commit}`,
    ])
    if (goal.trim() === there.head) return { branches: before, created: false }
    throw new Fault('conflict', `The branch "${name}" is there already, at ${there.head}. Take another name.`)
  },
})

async function list(exec: Exec, repo: string | undefined) {
  const text = await git(exec, repo, ['branch', '--list', `--format=${FORMAT}`])
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('('))
    .map((line) => {
      const [name = '', head = '', mark = '', upstream = ''] = line.split('\0')
      return { name, head, current: mark === '*', upstream: upstream === '' ? null : upstream }
    })
}
