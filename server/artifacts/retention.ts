// How long artifacts stay, and the sweep that ends them. It never removes bytes that an artifact or an upload needs.
import type { Log } from '#server/log.ts'
import { regularly } from '#server/regularly.ts'
import type { Regular } from '#server/regularly.ts'
import { removeExpiredArtifacts } from '#server/store/artifacts.ts'
import { removeUnusedBlob } from '#server/store/blobs.ts'
import { removeCachesUnusedSince } from '#server/store/caches.ts'
import { removeAbandonedStepLogs } from '#server/store/step-logs.ts'
import type { KeepParts } from './keep.ts'

export const RETENTION_DAYS = 30
/** Dependency caches that no run used for so long go, as on GitHub. */
const CACHE_DAYS = 7
const DAY_MS = 86_400_000
const SWEEP_EVERY_MS = 3_600_000

export const expiryOf = (from: Date, days: number = RETENTION_DAYS): Date =>
  new Date(from.getTime() + days * DAY_MS)

/** Servers that share a database may sweep at once: each takes what no other has locked. */
export async function sweep({ store, blobs, staging, now }: KeepParts, signal: AbortSignal): Promise<void> {
  const at = now()
  await staging.sweep(at)
  await removeAbandonedStepLogs(store, new Date(at.getTime() - RETENTION_DAYS * DAY_MS))
  await removeCachesUnusedSince(store, new Date(at.getTime() - CACHE_DAYS * DAY_MS))
  while (!signal.aborted && (await removeExpiredArtifacts(store, at)) > 0);
  while (!signal.aborted && (await removeUnusedBlob(store, at, (sha256) => blobs.remove(sha256))));
}

/** Sweeps now and every hour until it is closed. */
export function sweepRegularly(parts: KeepParts, log: Log): Regular {
  const failed = 'artifacts could not be swept'
  return regularly((signal) => sweep(parts, signal), SWEEP_EVERY_MS, { log, failed })
}
