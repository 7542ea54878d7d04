// An engine on this machine: the disk has a size of its own and is mounted into the container, and so is the directory with
// both sockets, which nothing inside can change.
import { join } from 'node:path'
import type { SandboxExits } from '#server/fleet/driver.ts'
import { type OpenExits, openExits } from '#server/fleet/place/exits.ts'
import { claimHome, homeOf } from '#server/fleet/place/home.ts'
import type { Place } from '#server/fleet/place/place.ts'
import { closeVolume, openVolume, removeVolume, volumeUsage } from '#server/fleet/volume/volume.ts'
import { ownerOf, preparePaths } from './paths.ts'
import type { Reach } from './reach.ts'

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
    async outfit(id, { diskBytes: bytes }, { base }) {
      const at = home(id)
      const owner = ownerOf(claimHome(place, at), base)
      const volume = await openVolume({ home: at, uid: owner.outside, bytes, root: place.root })
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
      return { uid: owner.inside, mounts, tmpfs: {}, unbounded: volume.unbounded }
    },
    open,
    shut,
    release: (id) => closeVolume(home(id)),
    remove: (id) => removeVolume(home(id)),
    diskBytes: (id) => volumeUsage(home(id)),
    close: async () => void (await Promise.all([...opened.keys()].map(shut))),
  }
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
