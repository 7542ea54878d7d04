// The workspaces of this server: a row, a sandbox, a repository each. It never runs a command outside a sandbox, and never
// touches a workspace of another server.
import { availableParallelism } from 'node:os'
import { Fault } from '#dsl/fault.ts'
import type { PlanQuota } from '#dsl/policy/quota.ts'
import { hashSecret, newSecret } from '#server/auth/secret.ts'
import type { FlowTotals } from '#server/egress/flow.ts'
import type { EgressNarrowing } from '#server/egress/narrowing.ts'
import type { FindGitAccess } from '#server/github/git-access.ts'
import type { Log } from '#server/log.ts'
import { despiteOutage } from '#server/store/despite-outage.ts'
import { sandboxLimits } from '#server/quotas.ts'
import type { QuotaFor } from '#server/quotas.ts'
import type { Store } from '#server/store/store.ts'
import {
  addWorkspace,
  findWorkspace,
  listWorkspaces,
  listWorkspacesOf,
  removeWorkspace,
  updateWorkspace,
} from '#server/store/workspaces.ts'
import type { WorkspaceChange, WorkspaceRow } from '#server/store/workspaces.ts'
import { beginStart } from '#server/store/workspace-starts.ts'
import type { Driver } from './driver.ts'
import type { HomeFleet } from './fleet.ts'
import type { Hub } from './hub.ts'
import { inOrder } from './in-order.ts'
import type { RuntimeLink } from './link.ts'
import type { SandboxReady } from './ready.ts'
import { newWorkspaceId } from './pool/pool.ts'
import type { Pool, Pooled } from './pool/pool.ts'
import { asleep, missing, tooMany } from './refusals.ts'
import { clearRepository, ensureRepository } from './repository.ts'
import { usageOf } from './usage.ts'
import { untilAborted } from './until-aborted.ts'

const LINK_MS = 15_000
const SETUP_MS = 600_000
/** Sandboxes that start at once: fewer leave the CPU idle while they wait for disk and kernel, more only share it. */
const STARTS_PER_CPU = 3
/** How long news of a sandbox waits for a database that is away. */
const OUTAGE_MS = 120_000
export const DEFAULT_NAME = 'default'

interface FleetParts {
  /** Id of this server among those of the database. */
  readonly host: string
  readonly store: Store
  readonly egress: EgressNarrowing
  readonly driver: Driver
  readonly ready: SandboxReady
  readonly hub: Hub
  /** Sandboxes that wait for new workspaces. */
  readonly pool?: Pool
  /** Repositories that git reaches through the relay. */
  readonly git?: FindGitAccess
  /** What the owner's plan gives each sandbox, and how many may run. */
  readonly quotaFor: QuotaFor
  /** Bytes through the egress proxy since this server started. */
  readonly traffic: (workspace: string) => FlowTotals
  readonly log: Log
}

export function createFleet(parts: FleetParts): HomeFleet {
  const { host, store, driver, ready, hub, egress, pool, git, quotaFor, traffic, log } = parts
  /** Running here and set up. A row can say so of a sandbox that died with the machine. */
  const running = new Set<string>()
  const turns = new Map<string, Promise<unknown>>()
  /** Sandboxes that waited, of workspaces that have not been started yet. */
  const handed = new Map<string, Pooled>()
  /** Of many at once the first is not as late as the last. */
  const starting = inOrder(STARTS_PER_CPU * availableParallelism())
  /** How often its sandbox ended by itself. */
  const ends = new Map<string, number>()

  /** One change of a workspace at a time. */
  function inTurn<T>(id: string, act: () => Promise<T>): Promise<T> {
    const turn = (turns.get(id) ?? Promise.resolve()).then(act, act)
    turns.set(id, turn)
    const done = () => void (turns.get(id) === turn && turns.delete(id))
    turn.then(done, done)
    return turn
  }

  async function change(row: WorkspaceRow, change: WorkspaceChange): Promise<WorkspaceRow> {
    const changed = await updateWorkspace(store, row.id, change)
    if (!changed) throw missing(row.name)
    return changed
  }

  /** Faults: exhausted. */
  async function begin(row: WorkspaceRow, tokenHash: string, quota: PlanQuota): Promise<void> {
    const limit = quota.workspaces
    const start = await beginStart(store, { id: row.id, owner: row.ownerId, tokenHash, limit })
    if ('running' in start) throw tooMany(quota, start.running)
    if (!start.row) throw missing(row.name)
  }

  async function launch(row: WorkspaceRow, branch?: string): Promise<WorkspaceRow> {
    const quota = await quotaFor(row.ownerId)
    const pooled = handed.get(row.id)
    const link = pooled ? await occupy(row, pooled, quota) : await boot(row, quota)
    const signal = AbortSignal.timeout(SETUP_MS)
    if (pooled && row.repo !== null) await clearRepository(link, signal)
    const isThere = pooled ? row.repo === null : link.hadRepository
    await ensureRepository(link, { repo: git?.(row.repo) ?? row.repo, branch, isThere }, signal)
    running.add(row.id)
    return change(row, { state: 'running' })
  }

  async function boot(row: WorkspaceRow, quota: PlanQuota): Promise<RuntimeLink> {
    const problem = await ready()
    if (problem) throw new Fault('unavailable', `${problem.problem} ${problem.remedy}`, { data: problem })
    const token = newSecret(32)
    await begin(row, hashSecret(token), quota)
    if (row.egressAllow) egress.narrow(row.id, row.egressAllow)
    hub.expect(row.id, hashSecret(token))
    const spec = { id: row.id, token, repository: row.repo === null, limits: sandboxLimits(quota) }
    return starting(async () => {
      await driver.start(spec)
      return hub.link(row.id, LINK_MS)
    })
  }

  /** A sandbox that waited becomes the workspace's; its way out opens last. */
  async function occupy(row: WorkspaceRow, { tokenHash }: Pooled, quota: PlanQuota): Promise<RuntimeLink> {
    handed.delete(row.id)
    // Also where the plan allows no further one: what is then stopped here starts again as any other.
    await begin(row, tokenHash, quota).finally(() => pool?.settle(row.id))
    if (row.egressAllow) egress.narrow(row.id, row.egressAllow)
    return hub.link(row.id, LINK_MS)
  }

  /** `endedBy` is left out when somebody asked for it. */
  async function halt(row: WorkspaceRow, endedBy?: WorkspaceRow['endedBy']): Promise<WorkspaceRow> {
    running.delete(row.id)
    if (handed.delete(row.id)) await pool?.settle(row.id)
    hub.forget(row.id)
    await driver.stop(row.id)
    return change(row, { state: 'stopped', endedBy: endedBy ?? null })
  }

  async function startNow(row: WorkspaceRow, branch?: string): Promise<WorkspaceRow> {
    const now = await findWorkspace(store, row.ownerId, row.id)
    if (!now) throw missing(row.name)
    if (running.has(row.id)) return now
    try {
      return await launch(now, branch)
    } catch (error) {
      log.warn({ workspace: row.id, err: error }, 'a workspace did not start')
      await halt(now).catch((cause: unknown) =>
        log.error({ workspace: row.id, err: cause }, 'nor did it stop'),
      )
      throw error
    }
  }

  const start = (row: WorkspaceRow, branch?: string) => inTurn(row.id, () => startNow(row, branch))

  async function removeNow(row: WorkspaceRow): Promise<void> {
    running.delete(row.id)
    if (handed.delete(row.id)) await pool?.settle(row.id)
    hub.forget(row.id)
    await driver.remove(row.id)
    egress.forget(row.id)
    ends.delete(row.id)
    await removeWorkspace(store, row.id)
  }

  /** In one turn: who starts it meanwhile finds it as it is, or gone, never one that goes away under them. */
  async function startOrRemove(row: WorkspaceRow, branch?: string): Promise<WorkspaceRow> {
    try {
      return await startNow(row, branch)
    } catch (error) {
      const left = 'a workspace that did not start was not removed either'
      await removeNow(row).catch((cause: unknown) => log.error({ workspace: row.id, err: cause }, left))
      throw error
    }
  }

  /** `own`: the id it must have; else it is that of a sandbox that waits for such an owner, or a new one. */
  async function add(owner: string, name: string, repo?: string, own?: string): Promise<WorkspaceRow> {
    const pooled = own === undefined ? await takePooled(owner) : undefined
    const id = own ?? pooled?.id ?? newWorkspaceId()
    const made = { id, ownerId: owner, name, repo, hostId: host, driver: driver.name }
    try {
      const row = await addWorkspace(store, { ...made, state: 'stopped' })
      if (pooled) handed.set(row.id, pooled)
      return row
    } catch (error) {
      if (pooled) void pool?.discard(pooled.id)
      throw error
    }
  }

  /** Why an owner may have none is said by the start. */
  async function takePooled(owner: string): Promise<Pooled | undefined> {
    if (!pool) return undefined
    const quota = await quotaFor(owner).catch(() => undefined)
    return quota && pool.take(sandboxLimits(quota))
  }

  async function findDefault(owner: string): Promise<WorkspaceRow> {
    const found = await findWorkspace(store, owner, DEFAULT_NAME)
    if (found) return found
    const made = await add(owner, DEFAULT_NAME).catch(() => findWorkspace(store, owner, DEFAULT_NAME))
    if (!made) throw new Fault('unavailable', 'The default workspace could not be made. Call again.')
    // What runs already counts as started from here on. Why it may not be is said to who wants to use it.
    return handed.has(made.id) ? start(made).catch(() => made) : made
  }

  async function adoptOne(row: WorkspaceRow): Promise<void> {
    hub.expect(row.id, row.tokenHash ?? '')
    if (row.egressAllow) egress.narrow(row.id, row.egressAllow)
    const limits = sandboxLimits(await quotaFor(row.ownerId))
    const alive = row.state === 'running' && (await driver.adopt({ id: row.id, limits }))
    if (alive) running.add(row.id)
    else await halt(row)
    log.info({ workspace: row.id, alive }, 'a workspace of the last start')
  }

  driver.onExit((id, reason) => {
    if (pool?.ended(id)) return
    running.delete(id)
    ends.set(id, (ends.get(id) ?? 0) + 1)
    hub.forget(id)
    log.warn({ workspace: id, reason }, 'a sandbox ended')
    const say = () => updateWorkspace(store, id, { state: 'stopped', endedBy: reason })
    void despiteOutage(OUTAGE_MS, AbortSignal.timeout(OUTAGE_MS), say).catch((error: unknown) =>
      log.error({ workspace: id, err: error }, 'its row still says that it runs'),
    )
  })

  async function reach(row: WorkspaceRow, signal: AbortSignal): Promise<RuntimeLink> {
    if (!running.has(row.id)) await untilAborted(start(row), signal)
    const before = ends.get(row.id)
    try {
      return await hub.link(row.id, LINK_MS, signal)
    } catch (error) {
      // A program inside can end the runtime. Who called just then has waited for one that never comes: another is started.
      if (ends.get(row.id) === before) throw error
      await untilAborted(start(row), signal)
      return hub.link(row.id, LINK_MS, signal)
    }
  }

  async function runningLink(row: WorkspaceRow, signal: AbortSignal): Promise<RuntimeLink> {
    if (!running.has(row.id)) throw asleep(row)
    return hub.link(row.id, LINK_MS, signal)
  }

  return {
    async create(owner, name, repo, { id, branch } = {}) {
      const row = await add(owner, name, repo, id)
      return inTurn(row.id, () => startOrRemove(row, branch))
    },
    list: (owner) => listWorkspaces(store, owner),
    async find(owner, idOrName) {
      if (idOrName === undefined) return findDefault(owner)
      const row = await findWorkspace(store, owner, idOrName)
      if (!row) throw missing(idOrName)
      return row
    },
    reach,
    runningLink,
    async guest(row, wake, signal) {
      await (wake ? reach(row, signal) : runningLink(row, signal))
      return hub.guest(row.id, LINK_MS)
    },
    usage: (row) => usageOf({ driver, quotaFor, traffic }, row),
    async narrow(row, egressAllow) {
      egress.narrow(row.id, egressAllow)
      await updateWorkspace(store, row.id, { egressAllow })
    },
    start,
    retire: (row, isIdle) =>
      inTurn(row.id, async () => {
        if (!running.has(row.id) || !isIdle()) return false
        await halt(row, 'idle')
        return true
      }),
    stop: (row) => inTurn(row.id, () => halt(row)),
    remove: (row) => inTurn(row.id, () => removeNow(row)),
    async adopt() {
      const rows = await listWorkspacesOf(store, host)
      const known = new Set(rows.map(({ id }) => id))
      await pool?.sweep((id) => known.has(id))
      const left = rows.filter((row) => row.state !== 'stopped')
      const failed = (row: WorkspaceRow) => (error: unknown) =>
        log.error({ workspace: row.id, err: error }, 'a workspace of the last start is lost')
      await Promise.all(left.map((row) => inTurn(row.id, () => adoptOne(row)).catch(failed(row))))
    },
  }
}
