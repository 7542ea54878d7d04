// Paths that stay inside the workspace. It hands out directories as open descriptors, never as names that could be swapped.
import { constants } from 'node:fs'
import { open, readlink, realpath } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
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
/** A pipe that nobody writes must not hold the opener. */
const LOOK = constants.O_RDONLY | constants.O_NONBLOCK

/** The absolute path that `path` names, before any link is followed. */
export function locate(jail: Jail, path: string): string {
  const name = REPOSITORY_NAMES.find((name) => within(name, path))
  return name === undefined ? resolve(jail.home, path) : join(jail.home, path.slice(name.length))
}

/**
 * Runs `act` with a path whose parent is an open, checked directory: a link swapped in meanwhile changes nothing.
 * The last component is not followed. Faults: denied (outside), not_found (no such directory).
 */
export async function inJail<T>(
  jail: Jail,
  path: string,
  act: (safe: string, real: string) => Promise<T>,
): Promise<T> {
  const wanted = locate(jail, path)
  const isRoot = jail.roots.includes(wanted)
  const parent = isRoot ? wanted : dirname(wanted)
  return inside(jail, parent, LOOK | constants.O_DIRECTORY, async (_, real, anchor) => {
    if (isRoot) return act(`${anchor}/.`, real)
    return act(`${anchor}/${basename(wanted)}`, join(real, basename(wanted)))
  })
}

/** Opens what `path` names, links followed, and runs `act` only when the opened thing is inside. Faults: denied, not_found. */
export async function inside<T>(
  jail: Jail,
  path: string,
  flags: number,
  act: (handle: FileHandle, real: string, anchor: string) => Promise<T>,
): Promise<T> {
  const wanted = locate(jail, path)
  const handle = await open(wanted, flags | LOOK)
  try {
    const { real, anchor } = await whereIs(handle, wanted)
    if (!jail.roots.some((root) => within(root, real))) throw outside(path)
    return await act(handle, real, anchor)
  } finally {
    await handle.close()
  }
}

/** The real path of a directory to run in. Faults: denied, not_found. */
export async function directory(jail: Jail, path: string | undefined): Promise<string> {
  const real = await realpath(locate(jail, path ?? '.')).catch((cause: unknown) => {
    throw new Fault('not_found', `There is no directory "${path ?? jail.home}".`, { cause })
  })
  if (!jail.roots.some((root) => within(root, real))) throw outside(path ?? '.')
  return real
}

/** Linux names an open file by its descriptor; elsewhere the name itself must do, and a swapped link is not caught. */
async function whereIs(handle: FileHandle, wanted: string): Promise<{ real: string; anchor: string }> {
  if (process.platform !== 'linux') {
    const real = await realpath(wanted)
    return { real, anchor: real }
  }
  const anchor = `/proc/self/fd/${handle.fd}`
  return { real: await readlink(anchor), anchor }
}

function within(root: string, path: string): boolean {
  return path === root || path.startsWith(root === sep ? sep : root + sep)
}

function outside(path: string): Fault {
  return new Fault('denied', `"${path}" is outside the workspace.`, { data: { path } })
}
