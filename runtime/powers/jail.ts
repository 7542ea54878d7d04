// Paths that stay inside the workspace. It hands out directories as open descriptors, never as names that could be swapped.
import { constants } from 'node:fs'
import { open, readlink, realpath } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { locate, requireInside } from './paths.ts'
import type { Jail } from './paths.ts'

/** A pipe that nobody writes must not hold the opener. */
const LOOK = constants.O_RDONLY | constants.O_NONBLOCK

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
    requireInside(jail, real, path)
    return await act(handle, real, anchor)
  } finally {
    await handle.close()
  }
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
