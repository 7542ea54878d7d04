// Reads `git status --porcelain=v2 --branch -z` (git-status(1), "Porcelain Format Version 2"). Strings in, objects out.

interface StatusFile {
  path: string
  from?: string
  index: string
  worktree: string
}

export interface Status {
  branch: string | null
  head: string | null
  upstream: string | null
  ahead: number
  behind: number
  clean: boolean
  files: StatusFile[]
}

/** Fields before the path, by entry type. */
const FIELDS: Readonly<Record<string, number>> = { '1': 8, '2': 9, u: 10 }

export function parseStatus(text: string): Status {
  const status: Status = {
    branch: null,
    head: null,
    upstream: null,
    ahead: 0,
    behind: 0,
    clean: true,
    files: [],
  }
  const entries = text
    .split('\0')
    .filter((entry) => entry !== '')
    [Symbol.iterator]()
  for (const entry of entries) {
    if (entry.startsWith('# ')) readHeader(status, entry.slice(2))
    else readFile(status, entry, () => entries.next().value ?? '')
  }
  status.clean = status.files.length === 0
  return status
}

function readHeader(status: Status, header: string): void {
  const [key, value = ''] = header.split(/ (.*)/s)
  if (key === 'branch.head') status.branch = value === '(detached)' ? null : value
  if (key === 'branch.oid') status.head = value === '(initial)' ? null : value
  if (key === 'branch.upstream') status.upstream = value
  if (key !== 'branch.ab') return
  const [ahead = '0', behind = '0'] = value.split(' ')
  status.ahead = Number(ahead)
  status.behind = Math.abs(Number(behind))
}

/** A rename or copy (type 2) is followed by its old path as an entry of its own. */
function readFile(status: Status, entry: string, next: () => string): void {
  const type = entry[0] ?? ''
  if (type === '?' || type === '!') {
    status.files.push({ path: entry.slice(2), index: type, worktree: type })
    return
  }
  const words = entry.split(' ')
  const path = words.slice(FIELDS[type] ?? 8).join(' ')
  const [index = '.', worktree = '.'] = words[1] ?? '..'
  status.files.push({ path, ...(type === '2' ? { from: next() } : {}), index, worktree })
}
