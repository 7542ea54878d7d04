// Why a push did not arrive, and what would make it right. It never repeats a password out of an address.
import { Fault } from '#dsl/fault.ts'

export interface FailedPush {
  readonly remote: string
  readonly stderr: string
  /** What git said of the branch, when it came so far. */
  readonly reason: string | undefined
}

/** not_found, conflict (the remote has other commits, or refused), forbidden, unavailable (the remote cannot be reached). */
export function pushFault({ remote, stderr, reason }: FailedPush): Fault {
  const said = stderr
    .replaceAll(/:\/\/[^/\s@]*@/g, '://')
    .trim()
    .slice(-2000)
  if (said.includes('not a git repository')) return new Fault('not_found', 'There is no git repository here.')
  if (/does not appear to be a git repository|No such remote/.test(said))
    return new Fault('not_found', `There is no remote "${remote}". Add it with git remote add.`)
  if (/fetch first|non-fast-forward|stale info/.test(`${reason ?? ''} ${said}`))
    return new Fault(
      'conflict',
      `"${remote}" has commits that are not here. Fetch them and merge or rebase, then push again.`,
    )
  if (/Authentication failed|could not read Username|Permission denied|\b403\b|\b401\b/.test(said))
    return new Fault('forbidden', `"${remote}" does not let us push: ${said}`)
  if (/Could not resolve|unable to access|Connection (?:refused|reset|timed out)|hung up/.test(said))
    return new Fault('unavailable', `"${remote}" cannot be reached: ${said}`)
  return new Fault('conflict', `git push failed: ${[reason, said].filter(Boolean).join(' ')}`)
}
