// Dependency caches of runs, as actions/cache keeps them: restored by the hash of the lockfiles before a run's first
// command, saved when it has succeeded. What one owner, repository or branch kept is never given to another; only the
// default branch's is read by all branches. A cache that fails is said, and never fails a step.
// Source: docs.github.com, "Dependency caching reference".
import { randomUUID } from 'node:crypto'
import { Fault, toFault } from '#dsl/fault.ts'
import type { Bytes } from '#server/artifacts/artifacts.ts'
import type { Log } from '#server/log.ts'
import type { Needed } from '#server/store/cache-tables.ts'
import {
  addCache,
  addRunCache,
  evictCaches,
  findRunCache,
  hasCache,
  removeCache,
  removeRunCache,
  takeCache,
} from '#server/store/caches.ts'
import type { CacheRow, RunCacheRow } from '#server/store/caches.ts'
import type { Store } from '#server/store/store.ts'
import type { OwnedRun, RunWorkspaces } from '#server/workflow/steps/run-workspace.ts'
import type { StepCall } from '#server/workflow/step-runner.ts'
import { packed, unpacked } from './carry.ts'
import type { Hands } from './carry.ts'
import { readLocks } from './lockfiles.ts'
import type { Lock, Locks } from './lockfiles.ts'
import { MANAGERS } from './managers.ts'

/** Bytes kept of one repository, and of all of one owner; the least recently used goes first. */
export const LIMITS = { repository: 4_000_000_000, owner: 20_000_000_000 }
const RESTORE_MS = 180_000
const SAVE_MS = 300_000

export interface CacheParts {
  readonly store: Store
  readonly bytes: Bytes
  readonly workspaces: Pick<RunWorkspaces, 'find' | 'shell' | 'files'>
  readonly log: Log
  readonly limits?: typeof LIMITS
}

export interface Caches {
  /**
   * Once a run, in its workspace, before its first command; others that begin meanwhile wait. Answers what the log of this
   * attempt begins with: the same when it is delivered again. Rejects by the signal only.
   */
  restore(call: StepCall, signal: AbortSignal): Promise<string>
  /** Keeps what the run succeeded with, where that is new, then forgets the run. Never rejects for a cache. Idempotent. */
  save(run: OwnedRun): Promise<void>
  /** The run failed: what it left is not kept. Idempotent. */
  forget(run: OwnedRun): Promise<void>
}

export function createCaches(parts: CacheParts): Caches {
  const { store, workspaces, log } = parts
  const restoring = new Map<string, Promise<void>>()

  const handsOf = (run: OwnedRun, ms: number): Hands => {
    const signal = AbortSignal.timeout(ms)
    return { shell: workspaces.shell(run, signal), files: workspaces.files(run, signal) }
  }

  async function restoreAll({ run, key: attempt }: StepCall, repo: string): Promise<void> {
    const hands = handsOf(run, RESTORE_MS)
    const found = await readLocks(hands.shell)
    const needed: Needed[] = []
    let note = ''
    for (const lock of found?.locks ?? []) {
      const place = { ownerId: run.owner, repo, kind: lock.manager.kind }
      const cache = await restoreOne(parts, hands, place, found as Locks, lock)
      needed.push({ kind: lock.manager.kind, key: lock.key, hit: cache.hit })
      note += `[chispart] ${cache.note}\r\n`
    }
    const branch = found?.branch ?? ''
    await addRunCache(store, { run: run.id, ownerId: run.owner, attempt, note, repo, branch, needed })
  }

  async function saveAll(run: OwnedRun, row: RunCacheRow): Promise<void> {
    const missing = row.needed.filter(({ hit }) => !hit)
    if (missing.length === 0 || !(await workspaces.find(run))) return
    const hands = handsOf(run, SAVE_MS)
    for (const need of missing)
      await saveOne(parts, hands, row, need).catch((error: unknown) =>
        log.warn({ run: run.id, kind: need.kind, err: error }, 'a cache is not kept'),
      )
    await evictCaches(store, run.owner, parts.limits ?? LIMITS)
  }

  return {
    async restore(call, signal) {
      const { id, repo } = call.run
      if (repo === undefined) return ''
      if (!(await findRunCache(store, id))) {
        const going =
          restoring.get(id) ??
          restoreAll(call, repo)
            .catch((error: unknown) => log.warn({ run: id, err: error }, 'caches are not restored'))
            .finally(() => restoring.delete(id))
        restoring.set(id, going)
        await untilAborted(going, signal)
      }
      const row = await findRunCache(store, id)
      return row?.attempt === call.key ? row.note : ''
    },
    async save(run) {
      const row = await findRunCache(store, run.id)
      if (row === undefined) return
      await saveAll(run, row).catch((error: unknown) =>
        log.warn({ run: run.id, err: error }, 'caches are not kept'),
      )
      await removeRunCache(store, run.id)
    },
    forget: ({ id }) => removeRunCache(store, id),
  }
}

interface Place {
  readonly ownerId: string
  readonly repo: string
  readonly kind: string
}

async function restoreOne(
  { store, bytes, log }: CacheParts,
  hands: Hands,
  place: Place,
  { branch, usual }: Locks,
  { manager, key, label }: Lock,
): Promise<{ hit: boolean; note: string }> {
  const which = `${label} ${key.slice(0, 8)}`
  const cache = await takeCache(store, place, [branch, usual ?? branch], key)
  if (cache === undefined)
    return {
      hit: false,
      note: `No cache of ${manager.kind} for ${which} yet: it is kept when the run succeeds.`,
    }
  try {
    await unpacked(hands, manager, await bytes.get(cache))
  } catch (error) {
    const { code, message } = toFault(error)
    log.warn({ cache: cache.id, err: error }, 'a cache is not restored')
    if (isSpoilt(code)) await removeCache(store, cache.id)
    return { hit: false, note: `The cache of ${manager.kind} for ${which} is not restored: ${message}` }
  }
  const hit = cache.key === key
  const size = `${megabytes(cache)} MB of ${manager.kind}`
  if (hit) return { hit, note: `Restored ${size} by ${which}.` }
  return { hit, note: `Restored ${size}, the newest there is: none is kept for ${which} yet.` }
}

/** The archive itself is wrong, and will be the next time too. */
const isSpoilt = (code: Fault['code']) =>
  ['denied', 'invalid', 'internal', 'not_found', 'too_large'].includes(code)

const megabytes = ({ bytes }: CacheRow) => Math.max(0.1, Math.round(bytes / 100_000) / 10)

async function saveOne(
  { store, bytes, log }: CacheParts,
  hands: Hands,
  { ownerId, repo, branch }: RunCacheRow,
  { kind, key }: Needed,
): Promise<void> {
  const manager = MANAGERS.find((one) => one.kind === kind)
  if (!manager || (await hasCache(store, { ownerId, repo, kind }, branch, key))) return
  const blob = await packed(hands, manager, (tar) => bytes.keep(tar))
  if (blob === undefined) return
  await addCache(store, { id: randomUUID(), ownerId, repo, branch, kind, key, ...blob })
  log.info({ repo, branch, kind, key, bytes: blob.bytes }, 'a cache is kept')
}

/** The work goes on for the others who wait for it; only this wait ends. */
async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason as Error)
  signal.addEventListener('abort', abort, { once: true })
  try {
    signal.throwIfAborted()
    await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
