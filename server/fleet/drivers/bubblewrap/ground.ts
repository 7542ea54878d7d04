// What every sandbox of one server stands on: made at the first use, the same until the server ends.
import { join } from 'node:path'
import { Fault } from '#dsl/fault.ts'
import type { SystemDirectory } from './command.ts'
import { openPlace, type Place } from '#server/fleet/place/place.ts'
import { type Disk, diskOf } from '#server/fleet/volume/disk.ts'
import { runTool } from '#server/fleet/volume/run.ts'
import { findBwrap, MISSING, systemDirectories } from './probe.ts'
import type { EtcFiles } from './etc.ts'
import { makeToolbox, type Toolbox } from './toolbox.ts'

export interface Ground {
  readonly bwrap: string
  readonly tools: Toolbox
  readonly system: readonly SystemDirectory[]
  /** What its programs are read from. */
  readonly disks: readonly (Disk | undefined)[]
}

export interface GroundOptions {
  readonly place: Place
  readonly dataDir: string
  readonly runtimeDir: string
  readonly nodeBinary: string
  /** Asked once, when the first sandbox is made. */
  readonly etc: () => Promise<EtcFiles>
}

/** A failure is not kept: a machine that was repaired works without a restart. Faults: unavailable. */
export function groundOf(options: GroundOptions): () => Promise<Ground> {
  const { place, dataDir } = options
  let ground: Promise<Ground> | undefined
  return async () => {
    // Each time: a doctor that looked at the same place has taken the road to it away.
    await openPlace(place, dataDir)
    ground ??= makeGround(options).catch((error: unknown) => {
      ground = undefined
      throw error
    })
    return ground
  }
}

async function makeGround({ place, runtimeDir, nodeBinary, etc }: GroundOptions): Promise<Ground> {
  const bwrap = await findBwrap(place.path)
  if (bwrap === undefined) throw new Fault('unavailable', MISSING.problem, { data: MISSING })
  const tools = await makeToolbox(join(place.path, 'toolbox'), runtimeDir, nodeBinary, await etc())
  // Else the first sandbox after a boot would read it at its own rate: some 90 MiB. An ordinary user may not, and has no rate.
  await runTool('dd', [`if=${tools.node}`, 'of=/dev/null', 'bs=1M'])
  const disks = [await diskOf('/usr'), await diskOf(place.path)]
  return { bwrap, tools, system: await systemDirectories(), disks }
}
