// Stops workspaces that nobody uses: no call, no key, no output of a terminal, no program that burns CPU, no step of a run for
// as long as the plan of the owner says. It deletes nothing: files stay, and the next use starts the workspace again.
import type { Log } from '#server/log.ts'
import type { QuotaFor } from '#server/quotas.ts'
import { regularly } from '#server/regularly.ts'
import type { Regular } from '#server/regularly.ts'
import { busyWorkspaces } from '#server/store/runs.ts'
import type { Store } from '#server/store/store.ts'
import { listWorkspacesOf } from '#server/store/workspaces.ts'
import type { WorkspaceRow } from '#server/store/workspaces.ts'
import type { Driver } from './driver.ts'
import type { Hub } from './hub.ts'
import type { HomeFleet } from './fleet.ts'

const LOOK_EVERY_MS = 60_000
/** Share of one core, over the time between two looks: a runtime that waits needs far less, a program that works more. */
const BUSY_SHARE = 0.02

export interface IdleParts {
  readonly host: string
  readonly store: Store
  readonly driver: Pick<Driver, 'stats'>
  readonly hub: Pick<Hub, 'uses'>
  readonly fleet: Pick<HomeFleet, 'retire'>
  readonly quotaFor: QuotaFor
  readonly log: Log
  /** Milliseconds; only differences count. */
  readonly now?: () => number
}

/** What the last look saw. */
interface Seen {
  readonly lookedAt: number
  /** When something was last going on. */
  readonly usedAt: number
  readonly uses: number
  readonly cpuMs: number
}

/** One look at all workspaces of this server. The first look at one counts as its last use. */
export type Look = (signal: AbortSignal) => Promise<void>

export function idleLook(parts: IdleParts): Look {
  const { host, store, driver, hub, fleet, quotaFor, log, now = () => performance.now() } = parts
  let known = new Map<string, Seen>()

  async function lookAt(row: WorkspaceRow, isBusy: boolean): Promise<Seen | undefined> {
    const { idleMinutes: limit } = await quotaFor(row.ownerId)
    if (limit === undefined) return undefined
    const at = now()
    const uses = hub.uses(row.id)
    const cpuMs = (await driver.stats(row.id))?.cpuMs ?? 0
    const last = known.get(row.id)
    const isUsed =
      last === undefined ||
      isBusy ||
      uses !== last.uses ||
      cpuMs - last.cpuMs > BUSY_SHARE * (at - last.lookedAt)
    const seen = { lookedAt: at, usedAt: isUsed ? at : last.usedAt, uses, cpuMs }
    if (at - seen.usedAt < limit * 60_000) return seen
    // What came in since is a use: then it goes on.
    const isStopped = await fleet.retire(row, () => hub.uses(row.id) === uses)
    if (!isStopped) return { ...seen, usedAt: at }
    log.info({ workspace: row.id, minutes: limit }, 'a workspace that nobody used is stopped')
    return undefined
  }

  return async (signal) => {
    const busy = await busyWorkspaces(store)
    const seen = new Map<string, Seen>()
    for (const row of await listWorkspacesOf(store, host)) {
      if (signal.aborted) return
      if (row.state !== 'running') continue
      const one = await lookAt(row, busy.has(row.id)).catch((error: unknown) => {
        log.warn({ workspace: row.id, err: error }, 'whether a workspace is used is not known')
        return undefined
      })
      if (one) seen.set(row.id, one)
    }
    known = seen
  }
}

/** Looks now and every minute until it is closed. */
export function stopIdleRegularly(parts: IdleParts): Regular {
  const failed = 'workspaces that nobody uses could not be looked for'
  return regularly(idleLook(parts), LOOK_EVERY_MS, { log: parts.log, failed })
}
