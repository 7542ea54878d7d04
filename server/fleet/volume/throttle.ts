// Rates of disks in control groups of both versions: set for a sandbox, and lifted when it ends. What it sets is bytes a
// second of one disk; it never touches a group that it was not given.
import { access, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Disk, DiskRate } from './disk.ts'

const MOUNT = '/sys/fs/cgroup'
const READ = 'blkio.throttle.read_bps_device'
const WRITE = 'blkio.throttle.write_bps_device'
const IO = 'io.max'

/** Where rates of one sandbox are set: the directory of the controller `blkio` (v1) or of its group (v2). */
export interface RateGroup {
  readonly version: 1 | 2
  readonly directory: string
}

/** Rejects with what the kernel says. */
export async function throttle({ version, directory }: RateGroup, rates: readonly DiskRate[]): Promise<void> {
  for (const { disk, read, write } of rates) {
    if (version === 2) {
      await set(directory, IO, `${disk.number} rbps=${read} wbps=${write ?? 'max'}`)
      continue
    }
    await set(directory, READ, `${disk.number} ${read}`)
    if (write !== undefined) await set(directory, WRITE, `${disk.number} ${write}`)
  }
}

/**
 * Lets what waits in a group go at once. A process that waits for its disk cannot be killed, and one write of it may take
 * minutes at its rate. Never throws: what has ended waits for nothing.
 */
export async function unthrottle({ version, directory }: RateGroup): Promise<void> {
  const files = version === 1 ? [READ, WRITE] : [IO]
  const none = version === 1 ? '0' : 'rbps=max wbps=max'
  for (const file of files)
    for (const number of await limited(directory, file))
      await setQuietly(directory, file, `${number} ${none}`)
}

/** The group of a process, if `name` is part of its name: a process may also be in the machine's own, where others' rates are. */
export async function rateGroupOf(pid: number, name: string): Promise<RateGroup | undefined> {
  const lines = (await text(`/proc/${pid}/cgroup`)).split('\n').map((line) => line.split(':'))
  const v1 = lines.find(([, controllers]) => controllers?.split(',').includes('blkio'))
  const [, mounted = '', path] = v1 ?? lines.find(([id]) => id === '0') ?? []
  if (!path?.includes(name)) return undefined
  return { version: v1 ? 1 : 2, directory: join(MOUNT, mounted, path) }
}

/**
 * Holds what the kernel writes to a disk later, on its own time. v1 counts that as the machine's, so no sandbox's group holds
 * it; the machine's own group can, by a disk that is one sandbox's alone. Undefined lifts it. Answers whether it is held: v2
 * counts right by itself.
 */
export async function paceWriteback(disk: Disk, bytesPerSecond: number | undefined): Promise<boolean> {
  const machine = join(MOUNT, 'blkio')
  const isV1 = await access(machine).then(
    () => true,
    () => false,
  )
  return !isV1 || setQuietly(machine, WRITE, `${disk.number} ${bytesPerSecond ?? 0}`)
}

/** Numbers of the disks that a file of limits names. */
async function limited(group: string, file: string): Promise<string[]> {
  return (await text(join(group, file))).match(/^\d+:\d+/gm) ?? []
}

async function text(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}

async function set(group: string, file: string, value: string): Promise<void> {
  await writeFile(join(group, file), value)
}

function setQuietly(group: string, file: string, value: string): Promise<boolean> {
  return set(group, file, value).then(
    () => true,
    () => false,
  )
}
