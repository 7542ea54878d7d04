// An engine on this machine: the disk has a size of its own and is mounted into the container, and so is the directory with
// both sockets, which nothing inside can change.
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { SandboxExits } from '#server/fleet/driver.ts'
import { type OpenExits, openExits } from '#server/fleet/place/exits.ts'
import { claimHome, homeOf } from '#server/fleet/place/home.ts'
import type { Place } from '#server/fleet/place/place.ts'
import { diskOf, diskRates } from '#server/fleet/volume/disk.ts'
import { rateGroupOf, unthrottle } from '#server/fleet/volume/throttle.ts'
import {
  closeVolume,
  hurryVolume,
  openVolume,
  rateProblem,
  removeVolume,
  type Volume,
  volumeUsage,
} from '#server/fleet/volume/volume.ts'
import { within } from './engine.ts'
import type { Ground } from './ground.ts'
import { ownerOf, preparePaths } from './paths.ts'
import type { Outfit, Reach } from './reach.ts'

export function nearReach(place: Place, exits: SandboxExits): Reach {
  const opened = new Map<string, OpenExits>()
  const home = (id: string): string => homeOf(place, id)

  async function open(id: string): Promise<void> {
    if (!opened.has(id)) opened.set(id, await openExits(join(home(id), 'control'), id, exits))
  }

  async function shut(id: string): Promise<void> {
    await opened.get(id)?.close()
    opened.delete(id)
  }

  return {
    async outfit(id, { diskBytes: bytes, diskBytesPerSecond: bytesPerSecond }, ground) {
      const at = home(id)
      const { base } = ground
      const owner = ownerOf(claimHome(place, at), base)
      const volume = await openVolume({
        home: at,
        uid: owner.outside,
        bytes,
        root: place.root,
        bytesPerSecond,
      })
      const paths = await preparePaths(at, volume.path, owner, base)
      // Before the container, whose first program dials.
      await open(id)
      const mounts = [
        bind(paths.control, '/run/chispart', true),
        bind(paths.passwd, '/etc/passwd', true),
        bind(paths.group, '/etc/group', true),
        bind(paths.hosts, '/etc/hosts', true),
        bind(paths.work, '/work', false),
      ]
      const rates = await ratesOf(volume, bytesPerSecond, ground)
      return { uid: owner.inside, mounts, tmpfs: {}, unbounded: volume.unbounded, ...rates }
    },
    open,
    shut,
    async hurry(id, container) {
      await hurryVolume(home(id))
      const record = await container.inspect(within()).catch(() => undefined)
      const group = record?.State.Running && (await rateGroupOf(record.State.Pid, record.Id))
      if (group) await unthrottle(group)
    },
    release: (id) => closeVolume(home(id)),
    remove: (id) => removeVolume(home(id)),
    diskBytes: (id) => volumeUsage(home(id)),
    close: async () => void (await Promise.all([...opened.keys()].map(shut))),
  }
}

/** Only of disks whose nodes are there: the engine looks for them, and starts nothing when it finds none. */
async function ratesOf(
  volume: Volume,
  bytesPerSecond: number | undefined,
  { directory, version }: Ground,
): Promise<Pick<Outfit, 'rates' | 'unpaced'>> {
  if (bytesPerSecond === undefined) return { rates: [], unpaced: undefined }
  const system = directory === undefined ? [] : [await diskOf(directory)]
  const all = diskRates(bytesPerSecond, volume.disk, system)
  const seen = await Promise.all(all.map(({ disk }) => isThere(disk.path)))
  const rates = all.filter((_, index) => seen[index])
  const unpaced = rates.length < all.length ? 'A disk of it has no node below /dev.' : undefined
  return { rates, unpaced: unpaced ?? rateProblem(volume, version) }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function bind(source: string, target: string, isReadOnly: boolean) {
  return {
    Type: 'bind' as const,
    Source: source,
    Target: target,
    ReadOnly: isReadOnly,
    BindOptions: { Propagation: 'rprivate' as const },
  }
}
