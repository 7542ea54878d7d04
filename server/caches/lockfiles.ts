// What a repository needs by its lockfiles, asked of git in its workspace before any of its own code has run: what is said
// later could be a lie.
import { createHash } from 'node:crypto'
import type { AskShell } from '#server/workflow/steps/run-workspace.ts'
import { MANAGERS } from './managers.ts'
import type { Manager } from './managers.ts'

export interface Lock {
  readonly manager: Manager
  /** SHA-256 of the names and contents of its lockfiles, hex. */
  readonly key: string
  /** `package-lock.json`, `package-lock.json and 2 more`. */
  readonly label: string
}

export interface Locks {
  /** `refs/heads/main`, or the commit when no branch is checked out. */
  readonly branch: string
  /** Where the remote's HEAD points; undefined when it says nothing. */
  readonly usual: string | undefined
  readonly locks: readonly Lock[]
}

const LABEL_MAX = 200
const REMOTE = 'refs/remotes/origin/'
/** Before the list of each manager; no name of a file begins with it, as a mode does. */
const MARK = '#'

const quoted = (text: string) => `'${text}'`
const lists = MANAGERS.map(
  ({ kind, locks }) => `printf '${MARK}${kind}\\0'; git ls-files -s -z -- ${locks.map(quoted).join(' ')}`,
)
const ASK = `cd app; git symbolic-ref -q HEAD || git rev-parse -q --verify HEAD || echo;
git symbolic-ref -q ${REMOTE}HEAD || echo;
${lists.join('; ')}`

/** Undefined when there is no repository. */
export async function readLocks(shell: AskShell): Promise<Locks | undefined> {
  const { exitCode, stdout } = await shell(ASK)
  if (exitCode !== 0) return undefined
  const [branch = '', usual = '', ...rest] = stdout.split('\n')
  const known = usual.startsWith(REMOTE) ? `refs/heads/${usual.slice(REMOTE.length)}` : undefined
  return { branch, usual: known, locks: locksOf(rest.join('\n')) }
}

function locksOf(text: string): Lock[] {
  const found = new Map<string, string[]>()
  let files: string[] = []
  for (const record of text.split('\0')) {
    if (record.startsWith(MARK)) found.set(record.slice(MARK.length), (files = []))
    else if (record !== '') files.push(record)
  }
  return MANAGERS.flatMap((manager) => {
    const records = found.get(manager.kind) ?? []
    if (records.length === 0) return []
    const key = createHash('sha256').update(records.sort().join('\0')).digest('hex')
    return [{ manager, key, label: labelOf(records) }]
  })
}

/** `MODE ID STAGE\tPATH` (git-ls-files(1)). */
function labelOf(records: readonly string[]): string {
  const paths = records.map((record) => record.slice(record.indexOf('\t') + 1))
  const [shallowest = ''] = paths.sort((a, b) => a.split('/').length - b.split('/').length)
  // A name of the repository's choice becomes a line of a log.
  const first = shallowest.replaceAll(/\p{Cc}/gu, '?').slice(0, LABEL_MAX)
  return paths.length === 1 ? first : `${first} and ${paths.length - 1} more`
}
