// How a commit is made once: the call's id is written into the reflog by the same transaction that moves the branch,
// and looked up there first. It leaves no mark in the history that is pushed.
import { Fault } from '#dsl/fault.ts'
import type { Exec } from '#dsl/powers/exec.ts'
import { git } from './git.ts'

/** git(1): text that reflog entries begin with, followed by ": " and the subject. */
export const LABEL = 'GIT_REFLOG_ACTION'

/**
 * The commit that was made under this id, or undefined. git writes the reflog before it moves the branch, so an entry
 * whose commit no branch holds was cut short, and does not count. Without a reflog (core.logAllRefUpdates=false)
 * nothing is found.
 */
export async function committedAs(
  exec: Exec,
  repo: string | undefined,
  once: string,
): Promise<string | undefined> {
  const text = await git(exec, repo, [
    'log',
    '-z',
    '--walk-reflogs',
    '--fixed-strings',
    `--grep-reflog=${once}: `,
    '--format=%H%x00%gs',
  ]).catch(noneYet)
  const words = text.split('\0')
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [id = '', label = ''] = [words[at], words[at + 1]]
    if (label.startsWith(`${once}: `) && (await isHeld(exec, repo, id))) return id
  }
  return undefined
}

async function isHeld(exec: Exec, repo: string | undefined, id: string): Promise<boolean> {
  return (await git(exec, repo, ['branch', '--all', `--contains=${id}`])) !== ''
}

function noneYet(error: unknown): string {
  if (error instanceof Fault && error.message.includes('does not have any commits yet')) return ''
  throw error
}
