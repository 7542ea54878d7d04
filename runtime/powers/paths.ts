// Which paths belong to a workspace, and where one lies. It opens nothing: what is opened by a path goes through the jail.
import { realpath } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { promisify } from 'node:util'
import { Fault } from '#dsl/fault.ts'
import { REPOSITORY } from '#dsl/repository.ts'

export interface Jail {
  /** Real paths of the directories that may be reached, with all below them. */
  readonly roots: readonly string[]
  /** The workspace's repository, where relative paths start. */
  readonly home: string
}

/** Names that every workspace has for its repository (seed §19.2), wherever it lies. */
const REPOSITORY_NAMES = ['/repo', REPOSITORY]
/** Not node:fs/promises, which reads a dozen modules that a new terminal would wait for. */
const realPathOf = promisify(realpath.native)

/** The absolute path that `path` names, before any link is followed. */
export function locate(jail: Jail, path: string): string {
  const name = REPOSITORY_NAMES.find((name) => within(name, path))
  return name === undefined ? resolve(jail.home, path) : join(jail.home, path.slice(name.length))
}

/** The real path of a directory to run in. Faults: denied, not_found. */
export async function directory(jail: Jail, path: string | undefined): Promise<string> {
  const real = await realPathOf(locate(jail, path ?? '.')).catch((cause: unknown) => {
    throw new Fault('not_found', `There is no directory "${path ?? jail.home}".`, { cause })
  })
  requireInside(jail, real, path ?? '.')
  return real
}

/** `real`: where what `path` names lies. Faults: denied. */
export function requireInside(jail: Jail, real: string, path: string): void {
  if (jail.roots.some((root) => within(root, real))) return
  throw new Fault('denied', `"${path}" is outside the workspace.`, { data: { path } })
}

function within(root: string, path: string): boolean {
  return path === root || path.startsWith(root === sep ? sep : root + sep)
}
