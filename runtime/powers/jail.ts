// Paths that stay inside the workspace. It hands out directories as open descriptors, never as names that could be swapped.
import { constants } from 'node:fs'
import { open, readlink, realpath } from 'node:fs/promises'
import { basename, dirname, resolve, sep } from 'node:path'
import { Fault } from '#dsl/fault.ts'

export interface Jail {
  /** Real path of the root. */
  readonly root: string
  /** Where relative paths start. */
  readonly home: string
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
  const wanted = resolve(jail.home, path)
  const parent = wanted === jail.root ? wanted : dirname(wanted)
  const handle = await open(parent, constants.O_RDONLY | constants.O_DIRECTORY).catch((cause: unknown) => {
    throw new Fault('not_found', `There is no directory for "${path}".`, { cause })
  })
  try {
    const anchor = `/proc/self/fd/${handle.fd}`
    const real = await readlink(anchor)
    if (!within(jail.root, real)) throw outside(path)
    if (wanted === jail.root) return await act(`${anchor}/.`, real)
    return await act(`${anchor}/${basename(wanted)}`, `${real}/${basename(wanted)}`)
  } finally {
    await handle.close()
  }
}

/** The real path of a directory to run in. Faults: denied, not_found. */
export async function directory(jail: Jail, path: string | undefined): Promise<string> {
  const real = await realpath(resolve(jail.home, path ?? '.')).catch((cause: unknown) => {
    throw new Fault('not_found', `There is no directory "${path ?? jail.home}".`, { cause })
  })
  if (!within(jail.root, real)) throw outside(path ?? '.')
  return real
}

export function within(root: string, path: string): boolean {
  return path === root || path.startsWith(root === sep ? sep : root + sep)
}

export function outside(path: string): Fault {
  return new Fault('denied', `"${path}" is outside the workspace.`, { data: { path } })
}
