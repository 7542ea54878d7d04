// Workspaces that runs left to a person, and when they go. It never removes one in which a terminal is open, nor one that
// was used since.
import type { Log } from '#server/log.ts'
import { regularly } from '#server/regularly.ts'
import type { Regular } from '#server/regularly.ts'
import { leftRuns } from '#server/store/runs.ts'
import type { LeftRun } from '#server/store/runs.ts'
import type { Store } from '#server/store/store.ts'
import type { RunWorkspaces } from './steps/run-workspace.ts'

const SWEEP_EVERY_MS = 600_000

export interface LeftParts {
  readonly store: Store
  readonly workspaces: Pick<RunWorkspaces, 'hasTerminal' | 'remove'>
  /** How long they stay after the run ended or a person used them, by the clock of the database. */
  readonly hours: number
  readonly log: Log
}

/** Servers that share a database may sweep at once. One that cannot be removed is told to the log, and tried again. */
export async function sweepLeft({ store, workspaces, hours, log }: LeftParts, signal: AbortSignal) {
  for (const run of await leftRuns(store, hours)) {
    if (signal.aborted) return
    await removeUnused(run).catch((error: unknown) =>
      log.warn({ run: run.id, err: error }, 'the workspace that a run left is not removed yet'),
    )
  }

  async function removeUnused(run: LeftRun): Promise<void> {
    if (await workspaces.hasTerminal(run)) return
    await workspaces.remove(run)
    log.info({ run: run.id, hours }, 'the workspace that a run left is removed')
  }
}

/** Sweeps now and every ten minutes until it is closed. */
export function sweepLeftRegularly(parts: LeftParts): Regular {
  const failed = 'workspaces that runs left could not be looked for'
  return regularly((signal) => sweepLeft(parts, signal), SWEEP_EVERY_MS, { log: parts.log, failed })
}
