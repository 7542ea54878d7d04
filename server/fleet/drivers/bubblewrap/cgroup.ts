// Control groups of one sandbox, where this server may write them: v2, v1 or hybrid. Without them limits hold per
// process (prlimit), and the caller says so.
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { SandboxLimits } from '#server/fleet/driver.ts'

export interface Cgroup {
  readonly version: 1 | 2
  /** Directory per controller (v1), or the one directory under every name (v2). */
  readonly memory: string
  readonly pids: string
  readonly cpu: string
  readonly cpuacct: string
  /** Undefined where the rate of disks cannot be limited. */
  readonly blkio?: string | undefined
}

export interface CgroupUsage {
  readonly memoryBytes: number
  readonly pids: number
  readonly cpuMs: number
}

const MOUNT = '/sys/fs/cgroup'
const PERIOD_US = 100_000
const GONE_MS = 2000
const GONE_STEP_MS = 5
/** A quarter of what an ordinary group or process gets when all want the CPU: the server answers while sandboxes burn. */
const SHARES = 256
const WEIGHT = 25

/** Undefined when no group can be made here. */
export async function makeCgroup(name: string, limits: SandboxLimits): Promise<Cgroup | undefined> {
  try {
    return (await madeV1(name, limits)) ?? (await madeV2(name, limits))
  } catch {
    return undefined
  }
}

export function cgroupDirectories(group: Cgroup | undefined): readonly string[] {
  if (group === undefined) return []
  const { memory, pids, cpu, cpuacct, blkio } = group
  return [...new Set([memory, pids, cpu, cpuacct, ...(blkio === undefined ? [] : [blkio])])]
}

/** Removes the directories once their last process has gone; after `GONE_MS` they stay. */
export async function removeCgroup(group: Cgroup): Promise<void> {
  await Promise.all(cgroupDirectories(group).map(removeEmpty))
}

/** bwrap's outer process ends a moment after the sandbox. */
async function removeEmpty(directory: string): Promise<void> {
  for (const until = Date.now() + GONE_MS; Date.now() < until; await pause(GONE_STEP_MS)) {
    const why = await rmdir(directory).catch((error: NodeJS.ErrnoException) => error.code)
    if (why !== 'EBUSY') return
  }
}

export async function cgroupUsage(group: Cgroup): Promise<CgroupUsage> {
  const [memory, pids] = await Promise.all([
    number(join(group.memory, group.version === 1 ? 'memory.usage_in_bytes' : 'memory.current')),
    number(join(group.pids, 'pids.current')),
  ])
  if (group.version === 1) {
    const nanoseconds = await number(join(group.cpuacct, 'cpuacct.usage'))
    return { memoryBytes: memory, pids, cpuMs: Math.round(nanoseconds / 1e6) }
  }
  const microseconds = await field(join(group.cpu, 'cpu.stat'), 'usage_usec')
  return { memoryBytes: memory, pids, cpuMs: Math.round(microseconds / 1e3) }
}

/** How often the kernel killed for memory in this group. */
export function oomKills(group: Cgroup): Promise<number> {
  return field(join(group.memory, group.version === 1 ? 'memory.oom_control' : 'memory.events'), 'oom_kill')
}

async function madeV1(name: string, limits: SandboxLimits): Promise<Cgroup | undefined> {
  const own = (await readFile('/proc/self/cgroup', 'utf8')).split('\n').map((line) => line.split(':'))
  const path = (controller: string): string | undefined => {
    const line = own.find(([, controllers]) => controllers?.split(',').includes(controller))
    return line === undefined ? undefined : join(MOUNT, line[1] ?? '', line[2] ?? '/', name)
  }
  const [memory, pids, cpu, cpuacct] = [path('memory'), path('pids'), path('cpu'), path('cpuacct')]
  if (memory === undefined || pids === undefined || cpu === undefined || cpuacct === undefined)
    return undefined
  const blkio = await madeDirectory(path('blkio'))
  const group: Cgroup = { version: 1, memory, pids, cpu, cpuacct, blkio }
  for (const directory of cgroupDirectories(group)) await mkdir(directory, { recursive: true })
  await set(memory, 'memory.limit_in_bytes', limits.memoryBytes)
  // Absent where swap is not accounted: then there is no second way past the limit to close.
  await set(memory, 'memory.memsw.limit_in_bytes', limits.memoryBytes).catch(() => undefined)
  await set(pids, 'pids.max', limits.pids)
  await set(cpu, 'cpu.cfs_period_us', PERIOD_US)
  await set(cpu, 'cpu.cfs_quota_us', quota(limits))
  await set(cpu, 'cpu.shares', SHARES)
  return group
}

/** Beside our own group, not below it: v2 allows no group both processes and controlled children. */
async function madeV2(name: string, limits: SandboxLimits): Promise<Cgroup | undefined> {
  const controllers = await readFile(join(MOUNT, 'cgroup.controllers'), 'utf8')
  if (!['memory', 'pids', 'cpu'].every((wanted) => controllers.split(/\s+/).includes(wanted)))
    return undefined
  await set(MOUNT, 'cgroup.subtree_control', '+memory +pids +cpu')
  const path = join(MOUNT, name)
  await mkdir(path, { recursive: true })
  await set(path, 'memory.max', limits.memoryBytes)
  await set(path, 'memory.swap.max', 0).catch(() => undefined)
  await set(path, 'pids.max', limits.pids)
  await set(path, 'cpu.max', `${quota(limits)} ${PERIOD_US}`)
  await set(path, 'cpu.weight', WEIGHT)
  const hasIo = await set(MOUNT, 'cgroup.subtree_control', '+io').then(
    () => true,
    () => false,
  )
  return { version: 2, memory: path, pids: path, cpu: path, cpuacct: path, blkio: hasIo ? path : undefined }
}

/** Of a controller that a machine may lack. */
async function madeDirectory(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined
  return mkdir(path, { recursive: true }).then(
    () => path,
    () => undefined,
  )
}

function quota({ cpus }: SandboxLimits): number {
  return Math.max(1000, Math.round(cpus * PERIOD_US))
}

async function set(directory: string, file: string, value: number | string): Promise<void> {
  await writeFile(join(directory, file), `${value}`)
}

async function number(file: string): Promise<number> {
  return Number.parseInt(await readFile(file, 'utf8'), 10)
}

async function field(file: string, name: string): Promise<number> {
  const line = (await readFile(file, 'utf8')).split('\n').find((text) => text.startsWith(`${name} `))
  return line === undefined ? 0 : Number.parseInt(line.slice(name.length + 1), 10)
}
