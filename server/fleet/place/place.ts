// Where sandboxes live on this machine: one directory of the data directory, and for root one short road to it that
// every sandbox's own uid can walk. It never opens the rest of the data directory to anybody.
import { createHash } from 'node:crypto'
import { chmod, mkdir, rmdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Fault } from '#dsl/fault.ts'
import { isMounted } from '#server/fleet/volume/volume.ts'
import { runTool } from '#server/fleet/volume/run.ts'

export interface Place {
  /** Directory of everything below, by the path that a sandbox's uid can reach. */
  readonly path: string
  /** Names this server's sandboxes among others of the machine. */
  readonly tag: string
  readonly root: boolean
}

export function placeOf(dataDir: string, root: boolean): Place {
  const tag = createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 8)
  const path = root ? `/run/chispart/${tag}` : resolve(dataDir, 'fleet')
  return { path, tag, root }
}

/**
 * Makes the place. As root, the data directory may lie under /root or be private: a bind mount is the road around it,
 * so that no directory above has to be opened to other users. Faults: unavailable.
 */
export async function openPlace(place: Place, dataDir: string): Promise<void> {
  const real = resolve(dataDir, 'fleet')
  await mkdir(real, { recursive: true })
  await chmod(real, place.root ? 0o711 : 0o700)
  if (place.root && !(await isMounted(place.path))) await bind(real, place.path)
  await mkdir(join(place.path, 'sandboxes'), { recursive: true, mode: 0o711 })
}

/** Takes the road away when no disk is mounted below it any more; a running sandbox keeps what it has. */
export async function closePlace(place: Place): Promise<void> {
  if (!place.root || !(await isMounted(place.path))) return
  const { ok } = await runTool('umount', [place.path])
  if (ok) await rmdir(place.path)
}

async function bind(real: string, path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o711 })
  const { ok, stderr } = await runTool('mount', ['--bind', real, path])
  if (!ok)
    throw new Fault('unavailable', `The sandboxes' directory cannot be mounted at ${path}: ${stderr.trim()}`)
}
