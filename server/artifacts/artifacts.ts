// Puts together what keeps the logs and artifacts of runs. It owns the sweep; store and blobs belong to the caller.
import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { Hono } from 'hono'
import { z } from 'zod'
import { toFault } from '#dsl/fault.ts'
import { parseInput } from '#dsl/perform.ts'
import { overQuota } from '#dsl/policy/quota.ts'
import type { Artifacts } from '#dsl/powers/artifacts.ts'
import type { Audit } from '#server/events/audit.ts'
import type { Log } from '#server/log.ts'
import { inBytes } from '#server/quotas.ts'
import type { QuotaFor } from '#server/quotas.ts'
import type { Redactor } from '#server/redact/redactor.ts'
import { redacted } from '#server/redact/stream.ts'
import { putArtifact, putArtifactWithin } from '#server/store/artifacts.ts'
import type { ArtifactRow } from '#server/store/artifacts.ts'
import type { Store } from '#server/store/store.ts'
import type { Blob, BlobStore } from './blob-store.ts'
import { keepBytes } from './keep.ts'
import type { Keeper } from './keeper.ts'
import { createLinks } from './link.ts'
import { createLogNews } from './log-news.ts'
import { LOG_MAX } from './log-limit.ts'
import { artifactsOf, infoOf } from './reader.ts'
import { RETENTION_DAYS, expiryOf, sweepRegularly } from './retention.ts'
import { artifactRoutes } from './routes.ts'
import type { Staging } from './staging.ts'
import { openLog } from './step-log.ts'
import type { StepLogParts } from './step-log.ts'

export interface ArtifactParts {
  readonly store: Store
  readonly blobs: BlobStore
  readonly staging: Staging
  /** The server's secret; links are signed by a key made of it. */
  readonly key: Uint8Array
  /** The id of a run's owner; undefined when there is no such run. */
  readonly ownerOf: (run: string) => Promise<string | undefined>
  /** How much each person may keep; there is no limit without it. */
  readonly quotaFor?: QuotaFor
  /** Of all secrets that are known by now: none is kept. */
  readonly redactor: () => Redactor
  readonly audit: Audit
  readonly log: Log
  readonly now?: () => Date
  /** Bytes kept of one attempt's log. */
  readonly logMax?: number
}

/** Bytes by their hash, for those who keep the rows that refer to them. Faults: as `keepBytes` and `BlobStore.get`. */
export interface Bytes {
  /** Whoever asked has some hours to refer to them. */
  keep(source: Readable): Promise<Blob>
  get(blob: Blob): Promise<Readable>
}

export interface ArtifactStore {
  readonly keeper: Keeper
  readonly bytes: Bytes
  /** `origin` is put before the path of a link: `https://host:3000`. */
  powerFor(owner: string, origin: string): Artifacts
  /** `GET /artifacts/:id`, to be mounted at `/`. */
  routes(): Hono
  /** Waits for a sweep that runs.  */
  close(): Promise<void>
}

/** SHA-256 of nothing. */
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

const Named = z.object({
  name: z
    .string()
    .min(1)
    .max(1024)
    .regex(/^[^\p{Cc}]*$/u, 'holds control characters'),
  type: z.string().min(1).max(255),
  retentionDays: z.int().min(1).max(3650).default(RETENTION_DAYS),
})

export function createArtifacts(options: ArtifactParts): ArtifactStore {
  const now = options.now ?? (() => new Date())
  const parts = { logMax: LOG_MAX, ...options, now, links: createLinks(options.key), news: createLogNews() }
  const sweeping = sweepRegularly(parts, parts.log)
  const probing = probe(parts.blobs, parts.log)
  return {
    keeper: createKeeper(parts),
    bytes: { keep: (source) => keepBytes(parts, source), get: (blob) => parts.blobs.get(blob) },
    powerFor: (owner, origin) => artifactsOf(parts, owner, origin),
    routes: () => artifactRoutes(parts),
    close: async () => void (await Promise.all([sweeping.close(), probing])),
  }
}

function createKeeper(parts: StepLogParts & Pick<ArtifactParts, 'quotaFor' | 'ownerOf'>): Keeper {
  return {
    log: ({ run, instance, attempt }) => openLog(parts, { run, step: instance, attempt }),
    async add({ run, instance, attempt, kind, ...said }, bytes) {
      const { name, type, retentionDays } = checked(said, bytes)
      const blob = await keepBytes(parts, redacted(parts.redactor(), bytes))
      const createdAt = parts.now()
      const expiresAt = expiryOf(createdAt, retentionDays)
      const place = { run, step: instance, attempt }
      const row = { ...place, ...blob, id: randomUUID(), name, kind, type, createdAt, expiresAt }
      await putWithinQuota(parts, row)
      return infoOf(row)
    },
  }
}

/** A log is counted and never refused: it says why a run failed, and it has a limit of its own. Faults: exhausted. */
async function putWithinQuota(
  { store, quotaFor, ownerOf }: Pick<ArtifactParts, 'store' | 'quotaFor' | 'ownerOf'>,
  row: ArtifactRow,
): Promise<void> {
  const owner = await ownerOf(row.run)
  const quota = owner === undefined ? undefined : await quotaFor?.(owner)
  const limit = quota?.artifactMiB
  if (owner === undefined || quota === undefined || limit === undefined) return putArtifact(store, row)
  const refused = await putArtifactWithin(store, row, { owner, bytes: inBytes(limit) })
  if (refused === undefined) return
  const { plan } = quota
  const used = Number((refused.keptBytes / inBytes(1)).toFixed(2))
  const size = Number((row.bytes / inBytes(1)).toFixed(2))
  const said = `"${row.name}" has ${size} MiB, and ${used} of the ${limit} MiB of artifacts that the plan "${plan}" keeps are used.`
  const remedy = 'Keep fewer files, or for fewer days (retention_days)'
  throw overQuota({ quota: 'artifactMiB', used, limit, plan, said, remedy })
}

/** Said when the server starts, not when the first run has ended: a wrong key or bucket is the operator's to set right. */
async function probe(blobs: BlobStore, log: Log): Promise<void> {
  await blobs.head(EMPTY).catch((error: unknown) => {
    log.error({ err: error }, `artifacts cannot be kept: ${toFault(error).message}`)
  })
}

/** Whoever sends the bytes waits for a reader: of what is refused there is none, so the stream ends here. */
function checked(said: unknown, bytes: Readable): z.output<typeof Named> {
  try {
    return parseInput('artifact', Named, said)
  } catch (error) {
    bytes.destroy()
    throw error
  }
}
