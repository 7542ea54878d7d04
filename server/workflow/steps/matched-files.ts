// Which files of a workspace the globs of an artifact name. It looks below the fixed start of each glob only, follows no
// link, and stops at its limits.
import { Fault } from '#dsl/fault.ts'
import { matchesAny } from '#dsl/workflow/glob.ts'

/** Files of one artifact, and entries looked at to find them. */
export const FILES_MAX = 1000
const ENTRIES_MAX = 100_000
/** Never meant by a `**` that does not name them. */
const PASSED_OVER = new Set(['.git', 'node_modules'])

export interface Entry {
  readonly name: string
  readonly path: string
  readonly type: string
}

/** One op on the workspace's files. */
export type AskFiles = (op: string, input: Record<string, unknown>) => Promise<Record<string, unknown>>

/** Absolute paths, in order. `home`: where relative globs start. Faults: too_large (more than the limits). */
export async function matchedFiles(
  ask: AskFiles,
  globs: readonly string[],
  home: string,
): Promise<readonly string[]> {
  const patterns = globs.flatMap((glob) => {
    const [not, bare] = glob.startsWith('!') ? ['!', glob.slice(1)] : ['', glob]
    const path = bare.replace(/^\.\//, '').replace(/\/+$/, '')
    const full = path.startsWith('/') ? path : `${home}/${path}`
    return [`${not}${full}`, `${not}${full}/**`]
  })
  const starts = new Set(patterns.filter((glob) => !glob.startsWith('!')).map(fixedStart))
  const found = new Set<string>()
  let looked = 0
  const folders = [...starts]
  for (const folder of folders) {
    for (const { name, path, type } of await entriesOf(ask, folder)) {
      looked += 1
      if (type === 'directory' && !PASSED_OVER.has(name)) folders.push(path)
      if (type === 'file' && matchesAny(patterns, path)) found.add(path)
      if (looked > ENTRIES_MAX || found.size > FILES_MAX)
        throw new Fault('too_large', `${globs.join(' ')}: more than ${FILES_MAX} files. Pack them into one.`)
    }
  }
  return [...found].sort()
}

/** The folder of a glob that no pattern character stands in. */
function fixedStart(glob: string): string {
  const fixed = glob.split(/[*?+[\]\\]/)[0] ?? ''
  return fixed.slice(0, fixed.lastIndexOf('/')) || '/'
}

async function entriesOf(ask: AskFiles, path: string): Promise<readonly Entry[]> {
  try {
    return (await ask('file.list', { path }))['files'] as Entry[]
  } catch (error) {
    if (error instanceof Fault && (error.code === 'not_found' || error.code === 'conflict')) return []
    throw error
  }
}
