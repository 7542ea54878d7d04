// How every git op calls git: in the repository, and with git's own words when it fails.
import { Fault } from '#dsl/fault.ts'
import type { Exec } from '#dsl/powers/exec.ts'

/** Where a workspace keeps its repository. */
export const REPOSITORY = '/work/app'

/** Standard output of one git command. Faults: not_found (no repository there), conflict (git refused). */
export async function git(exec: Exec, repo: string | undefined, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await exec.run(['git', ...args], { cwd: repo })
  if (exitCode === 0) return stdout
  const said = stderr.trim()
  if (said.includes('not a git repository'))
    throw new Fault('not_found', `There is no git repository at ${repo ?? 'the workspace'}.`)
  throw new Fault('conflict', `git ${args[0] ?? ''} failed: ${said || `exit ${exitCode}`}`, {
    data: { exitCode },
  })
}
