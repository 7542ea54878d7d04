// The disks that a sandbox reads and writes, as the kernel's limits on throughput name them. It only looks, and limits nothing.
import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface Disk {
  /** `major:minor`. */
  readonly number: string
  /** Its node: `/dev/…`. */
  readonly path: string
}

/** What one sandbox may move, in bytes a second. */
export interface DiskRate {
  readonly disk: Disk
  readonly read: number
  readonly write?: number
}

/**
 * The whole disk, also for a directory on a part of one: the kernel limits no part. Undefined for a directory on none
 * (memory, a network), or on what is made of several (a union, btrfs).
 */
export async function diskOf(directory: string): Promise<Disk | undefined> {
  try {
    const { dev } = await stat(directory)
    const found = await realpath(`/sys/dev/block/${numberOf(dev)}`)
    const uevent = await readFile(join(found, 'uevent'), 'utf8')
    return diskIn(
      /^DEVTYPE=partition$/m.test(uevent) ? await readFile(join(dirname(found), 'uevent'), 'utf8') : uevent,
    )
  } catch {
    return undefined
  }
}

/**
 * A rate for each disk: the one of /work is read and written, those of the system are only read. A limit on what is written
 * to them would hold nobody who writes there himself, and would make the machine's own journal wait.
 */
export function diskRates(
  bytesPerSecond: number,
  work: Disk | undefined,
  system: readonly (Disk | undefined)[],
): DiskRate[] {
  const rates = new Map<string, DiskRate>()
  if (work) rates.set(work.number, { disk: work, read: bytesPerSecond, write: bytesPerSecond })
  for (const disk of system)
    if (disk && !rates.has(disk.number)) rates.set(disk.number, { disk, read: bytesPerSecond })
  return [...rates.values()]
}

/** makedev(3). */
function numberOf(dev: number): string {
  const major = (dev >>> 8) & 0xfff
  const minor = (dev & 0xff) | ((dev >>> 12) & 0xfff00)
  return `${major}:${minor}`
}

function diskIn(uevent: string): Disk | undefined {
  const value = (name: string): string | undefined => new RegExp(`^${name}=(.+)$`, 'm').exec(uevent)?.[1]
  const [major, minor, name] = [value('MAJOR'), value('MINOR'), value('DEVNAME')]
  if (major === undefined || minor === undefined || name === undefined) return undefined
  return { number: `${major}:${minor}`, path: `/dev/${name}` }
}
