// What a sandbox uses where there are no control groups: the sum over its processes, read from /proc.
import { readdir } from 'node:fs/promises'
import type { CgroupUsage } from './cgroup.ts'
import { statFields } from './record.ts'

const PAGE_BYTES = 4096
/** USER_HZ, the unit of times in /proc: 100 on every architecture that we run on. */
const TICK_MS = 10

/** Processes that ended have taken their CPU time to their parent's account, which is counted. */
export async function processUsage(first: number): Promise<CgroupUsage> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const rows = await Promise.all(
    pids.map(async (pid) => ({ pid: Number(pid), fields: await statFields(pid) })),
  )
  const children = Map.groupBy(rows, ({ fields }) => Number(fields?.[1]))
  const found = rows.filter(({ pid }) => pid === first)
  // An array grows while it is walked: children follow their parents.
  for (const row of found) found.push(...(children.get(row.pid) ?? []))
  return found.reduce<CgroupUsage>(
    (sum, { fields = [] }) => ({
      memoryBytes: sum.memoryBytes + at(fields, 21) * PAGE_BYTES,
      pids: sum.pids + at(fields, 17),
      cpuMs: sum.cpuMs + (at(fields, 11) + at(fields, 12) + at(fields, 13) + at(fields, 14)) * TICK_MS,
    }),
    { memoryBytes: 0, pids: 0, cpuMs: 0 },
  )
}

function at(fields: readonly string[], index: number): number {
  return Number(fields[index] ?? 0)
}
