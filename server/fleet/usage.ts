// What a workspace uses now: the driver's measure of its sandbox and the proxy's of its network, beside its limits.
import type { WorkspaceUsage } from '#dsl/powers/workspaces.ts'
import type { FlowTotals } from '#server/egress/flow.ts'
import { sandboxLimits } from '#server/quotas.ts'
import type { QuotaFor } from '#server/quotas.ts'
import type { WorkspaceRow } from '#server/store/workspaces.ts'
import type { Driver } from './driver.ts'

export interface UsageParts {
  readonly driver: Pick<Driver, 'stats'>
  readonly quotaFor: QuotaFor
  /** Bytes through the egress proxy since this server started. */
  readonly traffic: (workspace: string) => FlowTotals
}

export async function usageOf(
  { driver, quotaFor, traffic }: UsageParts,
  { id, ownerId }: Pick<WorkspaceRow, 'id' | 'ownerId'>,
): Promise<WorkspaceUsage> {
  const [stats, quota] = await Promise.all([driver.stats(id), quotaFor(ownerId)])
  const limits = sandboxLimits(quota)
  const at = new Date().toISOString()
  const egress = traffic(id)
  if (stats === undefined) return { at, limits, egress }
  const { memoryBytes, pids, cpuMs, diskBytes, oomKills } = stats
  const now = { memoryBytes, pids, cpuMs, diskBytes, ...(oomKills === undefined ? {} : { oomKills }) }
  return { at, limits, egress, now }
}
