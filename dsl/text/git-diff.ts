// Reads `git diff --raw --numstat --patch -z`. Strings in, objects out.
//
// The output is raw entries, then numstat entries, an empty one, and the patch. Paths come from the raw entries, never
// from the patch, so that a file name with a line end in it cannot invent a file.

export interface Hunk {
  oldStart: number
  oldLines: number
  newStart: number
  newLines: number
  /** Lines with their mark: ' ', '+', '-' or '\'. */
  lines: string[]
}

export interface DiffFile {
  path: string
  /** Path before a rename or copy. */
  from?: string
  status: 'added' | 'copied' | 'deleted' | 'modified' | 'renamed' | 'type' | 'unmerged'
  binary: boolean
  added: number
  removed: number
  hunks: Hunk[]
}

export interface Diff {
  files: DiffFile[]
  patch: string
  /** The patch passed the limit: `patch` and `hunks` are cut, `files` is whole. */
  truncated: boolean
}

const STATUS: Readonly<Record<string, DiffFile['status']>> = {
  A: 'added',
  C: 'copied',
  D: 'deleted',
  M: 'modified',
  R: 'renamed',
  T: 'type',
  U: 'unmerged',
}
const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/

/** `limit`: characters of patch that are kept. */
export function parseDiff(text: string, limit: number): Diff {
  const reader = words(text)
  const files = readRaw(reader)
  readNumbers(reader, files)
  const whole = reader.rest()
  const patch = whole.slice(0, limit)
  const sections = split(patch, files)
  files.forEach((file, index) => {
    file.hunks = readHunks(sections[index] ?? '')
  })
  return { files, patch, truncated: whole.length > limit }
}

interface Words {
  peek(): string
  next(): string
  rest(): string
}

function words(text: string): Words {
  let at = 0
  const end = () => {
    const found = text.indexOf('\0', at)
    return found < 0 ? text.length : found
  }
  return {
    peek: () => text.slice(at, end()),
    next() {
      const stop = end()
      const word = text.slice(at, stop)
      at = stop + 1
      return word
    },
    rest: () => text.slice(text[at] === '\0' ? at + 1 : at),
  }
}

/** `:<mode> <mode> <id> <id> <status>`, then one path, or two after a rename or copy. */
function readRaw(reader: Words): DiffFile[] {
  const files: DiffFile[] = []
  while (reader.peek().startsWith(':')) {
    const letter = reader.next().split(' ')[4]?.[0] ?? 'M'
    const first = reader.next()
    const moved = letter === 'R' || letter === 'C'
    files.push({
      path: moved ? reader.next() : first,
      ...(moved ? { from: first } : {}),
      status: STATUS[letter] ?? 'modified',
      binary: false,
      added: 0,
      removed: 0,
      hunks: [],
    })
  }
  return files
}

/** `<added>\t<removed>\t<path>`; after a rename the path is empty and two follow. `-` counts of a binary file. */
function readNumbers(reader: Words, files: readonly DiffFile[]): void {
  const byPath = new Map(files.map((file) => [file.path, file]))
  for (;;) {
    const numbers = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(reader.peek())
    if (numbers === null) return
    reader.next()
    const [, added = '', removed = '', name = ''] = numbers
    if (name === '') reader.next()
    const file = byPath.get(name === '' ? reader.next() : name)
    if (file === undefined) continue
    file.binary = added === '-'
    file.added = Number(added) || 0
    file.removed = Number(removed) || 0
  }
}

/**
 * The part of the patch that belongs to each file, in the order of `files`. Names in a patch are quoted and content lines
 * are marked, so only a section starts with "diff". An unmerged file has none of its own, a change of type two.
 */
function split(patch: string, files: readonly DiffFile[]): string[] {
  const sections = patch.split(/^(?=diff --)/m).filter((section) => section.startsWith('diff --git '))
  const take = () => sections.shift() ?? ''
  return files.map(({ status }) => {
    if (status === 'unmerged') return ''
    return status === 'type' ? take() + take() : take()
  })
}

function readHunks(section: string): Hunk[] {
  const hunks: Hunk[] = []
  for (const line of section.split('\n')) {
    const head = HUNK.exec(line)
    if (head !== null) hunks.push(hunk(head))
    else if (/^[ +\-\\]/.test(line)) hunks.at(-1)?.lines.push(line)
  }
  return hunks
}

function hunk([, oldStart, oldLines = '1', newStart, newLines = '1']: readonly (string | undefined)[]): Hunk {
  return {
    oldStart: Number(oldStart),
    oldLines: Number(oldLines),
    newStart: Number(newStart),
    newLines: Number(newLines),
    lines: [],
  }
}
