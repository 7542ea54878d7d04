// What every container of one server stands on: its image, its filter and how the engine counts users. Made at the first
// use, the same until the server ends.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openPlace, type Place } from '#server/fleet/place/place.ts'
import { seccompOci } from '#server/fleet/seccomp/oci.ts'
import { ask, type Engine, faultOf, unavailable } from './engine.ts'
import { imageOf, makeImage } from './image.ts'

export interface Ground {
  readonly image: string
  /** Value for `seccomp=`. */
  readonly seccomp: string
  /** First host uid of the range that the engine maps users to; undefined when it maps none. */
  readonly base: number | undefined
  /** Whether the kernel of the engine has AppArmor; not whether it has our profile. */
  readonly hasApparmor: boolean
  /** Where the engine keeps images and containers, as it names it. */
  readonly directory: string | undefined
  /** Of its control groups. */
  readonly version: 1 | 2
  /** Limits that this engine does not enforce. */
  readonly unlimited: readonly string[]
}

export interface GroundOptions {
  readonly engine: Engine
  readonly place: Place
  readonly dataDir: string
  readonly runtimeDir: string
  /** Name of the base image. */
  readonly base: string
  readonly etc: () => Promise<Readonly<Record<string, string>>>
}

interface EngineInfo {
  readonly OSType?: string
  readonly DockerRootDir?: string
  readonly SecurityOptions?: readonly string[] | null
  readonly MemoryLimit?: boolean
  readonly SwapLimit?: boolean
  readonly PidsLimit?: boolean
  readonly CpuCfsQuota?: boolean
  readonly CgroupVersion?: string
  /** Sentences for a person; the only place that tells of disks. */
  readonly Warnings?: readonly string[] | null
}

/** A failure is not kept: an engine that was repaired works without a restart. Faults: unavailable. */
export function groundOf(options: GroundOptions): () => Promise<Ground> {
  let ground: Promise<Ground> | undefined
  return async () => {
    // Each time: a doctor that looked at the same place has taken the road to it away.
    await openPlace(options.place, options.dataDir)
    const known = await ground
    if (known !== undefined && !(await isThere(options.engine, known.image))) ground = undefined
    ground ??= makeGround(options).catch((error: unknown) => {
      ground = undefined
      throw faultOf(error)
    })
    return ground
  }
}

/** A prune takes an image that no container runs, and so does a doctor beside the server. */
async function isThere(engine: Engine, image: string): Promise<boolean> {
  const found = await imageOf(engine, image).catch((error: unknown) => {
    throw faultOf(error)
  })
  return found !== undefined
}

async function makeGround(options: GroundOptions): Promise<Ground> {
  const { engine, place, runtimeDir } = options
  const info = (await ask(engine, 'info')) as EngineInfo
  const refusal = refusalOf(info)
  if (refusal !== undefined) throw unavailable(refusal)
  const { tag } = place
  const image = await makeImage(engine, { base: options.base, tag, runtimeDir, etc: await options.etc() })
  return {
    image,
    seccomp: await seccompFor(options),
    base: baseOf(info),
    hasApparmor: info.SecurityOptions?.some((option) => option.startsWith('name=apparmor')) ?? false,
    directory: info.DockerRootDir,
    version: info.CgroupVersion === '2' ? 2 : 1,
    unlimited: unlimitedBy(info),
  }
}

function refusalOf({ OSType, SecurityOptions }: EngineInfo) {
  if (OSType !== 'linux')
    return { problem: 'The Docker engine runs no Linux containers.', remedy: 'chispart doctor' }
  if (SecurityOptions?.some((option) => option.startsWith('name=seccomp'))) return undefined
  return {
    problem: 'The Docker engine applies no seccomp filter.',
    remedy: 'Start it without --seccomp-profile=unconfined, on a kernel with CONFIG_SECCOMP_FILTER.',
  }
}

/** `dockerd --userns-remap` keeps its data in a directory that is named after the range: `…/100000.100000`. */
function baseOf({ SecurityOptions, DockerRootDir }: EngineInfo): number | undefined {
  if (!SecurityOptions?.some((option) => option.startsWith('name=userns'))) return undefined
  const first = /\/(\d+)\.\d+$/.exec(DockerRootDir ?? '')?.[1]
  return first === undefined ? undefined : Number(first)
}

function unlimitedBy(info: EngineInfo): string[] {
  const limits = {
    memory: info.MemoryLimit,
    swap: info.SwapLimit,
    processes: info.PidsLimit,
    CPU: info.CpuCfsQuota,
    'disk rate': !info.Warnings?.some((text) => /(read|write)_bps_device|io\.max \([rw]bps\)/.test(text)),
  }
  return Object.entries(limits).flatMap(([name, holds]) => (holds === false ? [name] : []))
}

/** Docker takes the profile itself, Podman's same API the path of a file. */
async function seccompFor({ engine, place }: GroundOptions): Promise<string> {
  const profile = JSON.stringify(seccompOci())
  const { Components } = (await ask(engine, 'version')) as {
    Components?: readonly { Name: string }[] | null
  }
  if (!Components?.some(({ Name }) => Name.startsWith('Podman'))) return profile
  const path = join(place.path, 'seccomp.json')
  await writeFile(path, profile, { mode: 0o644 })
  return path
}
