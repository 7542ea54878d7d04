// How every git op calls git: in the repository, and with git's own words when it fails.
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import type { Exec } from '#dsl/powers/exec.ts'

/** A branch, tag, commit or range. One that starts with "-" would be an option. */
export const revision = () =>
  z
    .string()
    .max(256)
    .regex(/^[^-\s\p{Cc}][^\s\p{Cc}]*$/u, 'a revision has no space and does not start with "-"')

export const COMMIT = z.object({
  id: z.string(),
  parents: z.array(z.string()),
  author: z.object({ name: z.string(), email: z.string() }),
  authoredAt: z.iso.datetime({ offset: true }),
  committedAt: z.iso.datetime({ offset: true }),
  subject: z.string(),
  body: z.string(),
})

/** Standard output of one git command. Faults: not_found (no repository there), conflict (git refused). */
export async function git(
  exec: Exec,
  repo: string | undefined,
  args: readonly string[],
  stdin?: string,
  env?: Readonly<Record<string, string>>,
): Promise<string> {
  const { exitCode, stdout, stderr } = await exec.run(['git', ...args], { cwd: repo, stdin, env })
  if (exitCode === 0) return stdout
  const said = stderr.trim()
  if (said.includes('not a git repository'))
    throw new Fault('not_found', `There is no git repository at ${repo ?? 'the workspace'}.`)
  throw new Fault('conflict', `git ${args[0] ?? ''} failed: ${said || stdout.trim() || `exit ${exitCode}`}`, {
    data: { exitCode },
  })
}
