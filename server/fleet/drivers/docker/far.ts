// An engine that shares no files with this server, on another machine or in one of its own (Docker Desktop): the disk is a
// volume of the engine's, and both ways out go through the engine, by a program inside.
import { setTimeout as pause } from 'node:timers/promises'
import type { Container, MountSettings } from 'dockerode'
import type { SandboxExits } from '#server/fleet/driver.ts'
import { checkedId } from '#server/fleet/place/home.ts'
import type { Place } from '#server/fleet/place/place.ts'
import { NODE } from '#server/fleet/runtime-command.ts'
import { type Engine, faultOf, inTime, statusOf, unavailable, within } from './engine.ts'
import { FAR_UID, LABEL } from './image.ts'
import { ended, removeContainer } from './life.ts'
import type { Reach } from './reach.ts'
import { openTunnel, type OpenTunnel } from './tunnel.ts'

const GIVE_MS = 60_000
const AGAIN_MS = 1000
/** The sockets are the container root's, and nobody else inside is. */
const CONTROL = 'rw,noexec,nosuid,nodev,size=1048576,mode=0755'
const UNPACED = 'The disks of an engine on another machine are not known here.'
const UNBOUNDED = 'The volumes of an engine on another machine have no size.'

export function farReach(engine: Engine, place: Place, exits: SandboxExits): Reach {
  const tunnels = new Map<string, OpenTunnel>()
  /** Sandboxes that are to have one. */
  const wanted = new Set<string>()
  const nameOf = (id: string): string => `chispart-${place.tag}-${checkedId(id)}`

  async function open(id: string, container: Container): Promise<void> {
    wanted.add(id)
    if (tunnels.has(id)) return
    const tunnel = await openTunnel(container, id, exits)
    // It was shut meanwhile.
    if (!wanted.has(id)) return tunnel.close()
    tunnels.set(id, tunnel)
    void tunnel.ended.then(() => reopen(id, container, tunnel))
  }

  /** A memory hog takes it with itself, and a restarted engine everything that it carried. */
  async function reopen(id: string, container: Container, before: OpenTunnel): Promise<void> {
    if (tunnels.get(id) === before) tunnels.delete(id)
    while (wanted.has(id) && !tunnels.has(id)) {
      await pause(AGAIN_MS, undefined, { ref: false })
      // What has ended is told by who watches the container.
      if (wanted.has(id)) await open(id, container).catch(() => undefined)
    }
  }

  async function shut(id: string): Promise<void> {
    const tunnel = tunnels.get(id)
    wanted.delete(id)
    tunnels.delete(id)
    await tunnel?.close()
  }

  /** Of the sandbox's user from its first moment: a volume that was not given to it is none. */
  async function volumeOf(id: string, image: string): Promise<string> {
    const name = nameOf(id)
    if (await isThere(engine, name)) return name
    await inTime(engine.createVolume({ Name: name, Labels: { [LABEL]: place.tag } }))
    try {
      await give(engine, name, image, place.tag)
      return name
    } catch (error) {
      await removeVolume(engine, name)
      throw error
    }
  }

  return {
    async outfit(id, { diskBytesPerSecond }, { image }) {
      const volume = await volumeOf(id, image)
      return {
        uid: FAR_UID,
        mounts: [diskOf(volume)],
        tmpfs: { '/run/chispart': CONTROL },
        names: { hosts: ['sandbox:127.0.0.1'], servers: ['127.0.0.1'] },
        unbounded: UNBOUNDED,
        rates: [],
        unpaced: diskBytesPerSecond === undefined ? undefined : UNPACED,
      }
    },
    open,
    shut,
    hurry: () => Promise.resolve(),
    release: () => Promise.resolve(),
    remove: (id) => removeVolume(engine, nameOf(id)),
    diskBytes: (id) => sizeOf(engine, nameOf(id)),
    close: async () => void (await Promise.all([...wanted].map(shut))),
  }
}

/** Without what the image has at /work, and its owner. */
function diskOf(volume: string): MountSettings {
  return {
    Type: 'volume',
    Source: volume,
    Target: '/work',
    VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: 'local', Options: {} } },
  }
}

async function isThere(engine: Engine, name: string): Promise<boolean> {
  return inTime(engine.getVolume(name).inspect()).then(
    () => true,
    (error: unknown) => {
      if (statusOf(error) === 404) return false
      throw faultOf(error)
    },
  )
}

async function removeVolume(engine: Engine, name: string): Promise<void> {
  await engine
    .getVolume(name)
    .remove({ force: true, ...within() })
    .catch((error: unknown) => {
      if (statusOf(error) !== 404) throw faultOf(error)
    })
}

/** Once, by a container that may do nothing else. */
async function give(engine: Engine, volume: string, image: string, tag: string): Promise<void> {
  const container = await engine.createContainer({
    name: `${volume}.give`,
    Image: image,
    Labels: { [LABEL]: tag },
    User: '0:0',
    Entrypoint: [NODE, '-e', `require('fs').chownSync('/work', ${FAR_UID}, ${FAR_UID})`],
    Cmd: [],
    NetworkDisabled: true,
    HostConfig: {
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      CapAdd: ['CHOWN'],
      SecurityOpt: ['no-new-privileges'],
      Mounts: [diskOf(volume)],
    },
    ...within(),
  })
  try {
    await container.start(within())
    const { code, says } = await ended(container, AbortSignal.timeout(GIVE_MS))
    if (code === 0) return
    throw unavailable({
      problem: `The disk of a workspace could not be given to its user: ${says}`,
      remedy: 'chispart doctor',
    })
  } finally {
    await removeContainer(container)
  }
}

/** Measured by the engine, which walks through it. */
async function sizeOf(engine: Engine, name: string): Promise<number> {
  const { Volumes } = (await inTime(engine.df())) as {
    Volumes?: readonly { Name: string; UsageData?: { Size: number } | null }[] | null
  }
  const size = Volumes?.find((volume) => volume.Name === name)?.UsageData?.Size ?? 0
  return Math.max(0, size)
}
