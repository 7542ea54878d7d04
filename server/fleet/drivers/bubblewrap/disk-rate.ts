// The rate of the disks of one sandbox, in its control group. Where it cannot be had, the sandbox goes without and says so.
import { type Disk, diskRates } from '#server/fleet/volume/disk.ts'
import { type RateGroup, throttle, unthrottle } from '#server/fleet/volume/throttle.ts'
import { rateProblem, type Volume } from '#server/fleet/volume/volume.ts'
import type { Cgroup } from './cgroup.ts'

export interface DiskParts {
  readonly volume: Volume
  /** What programs are read from. */
  readonly system: readonly (Disk | undefined)[]
}

/** Answers why it does not hold, or not wholly. Without groups nothing does, which is told once for all limits. */
export async function limitDisks(
  cgroup: Cgroup | undefined,
  bytesPerSecond: number | undefined,
  { volume, system }: DiskParts,
): Promise<string | undefined> {
  if (cgroup === undefined || bytesPerSecond === undefined) return undefined
  const group = rateGroup(cgroup)
  if (group === undefined) return 'This machine lacks the controller of disks: blkio, or io of v2.'
  try {
    await throttle(group, diskRates(bytesPerSecond, volume.disk, system))
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return rateProblem(volume, group.version)
}

/** Before it is ended: see `unthrottle`. */
export async function hurryDisks(cgroup: Cgroup | undefined): Promise<void> {
  const group = cgroup && rateGroup(cgroup)
  if (group) await unthrottle(group)
}

function rateGroup({ version, blkio }: Cgroup): RateGroup | undefined {
  return blkio === undefined ? undefined : { version, directory: blkio }
}
