// Queries over logs that steps write: bytes are added once, by offset, under the lock of the log's row. It knows no text.
import { and, asc, desc, eq, gte, isNull, lt, lte, sql } from 'drizzle-orm'
import { artifacts, stepLogChunks, stepLogs } from './artifact-tables.ts'
import { putArtifact } from './artifacts.ts'
import type { ArtifactRow } from './artifacts.ts'
import type { Store } from './store.ts'

export type StepLogRow = typeof stepLogs.$inferSelect

export interface LogPlace {
  readonly run: string
  readonly step: string
  readonly attempt: number
}

/** Larger appends become several rows, so that reading a page never fetches much more than the page. */
export const CHUNK_MAX = 262_144

const logAt = ({ run, step, attempt }: LogPlace) =>
  and(eq(stepLogs.run, run), eq(stepLogs.step, step), eq(stepLogs.attempt, attempt))
const chunksOf = ({ run, step, attempt }: LogPlace) =>
  and(eq(stepLogChunks.run, run), eq(stepLogChunks.step, step), eq(stepLogChunks.attempt, attempt))

/** Makes the log when there is none. */
export async function openStepLog({ db }: Store, place: LogPlace): Promise<StepLogRow> {
  const { run, step, attempt } = place
  const target = [stepLogs.run, stepLogs.step, stepLogs.attempt]
  const [row] = await db
    .insert(stepLogs)
    .values({ run, step, attempt, length: 0, kept: 0 })
    // Changes nothing; without a change the row that is there already would not be returned.
    .onConflictDoUpdate({ target, set: { run } })
    .returning()
  if (row === undefined) throw new Error('an insert that returns gave no row')
  return row
}

/** Of the latest attempt when none is said. */
export async function findStepLog(
  { db }: Store,
  { run, step, attempt }: { run: string; step: string; attempt?: number | undefined },
): Promise<StepLogRow | undefined> {
  const that = attempt === undefined ? undefined : eq(stepLogs.attempt, attempt)
  const [row] = await db
    .select()
    .from(stepLogs)
    .where(and(eq(stepLogs.run, run), eq(stepLogs.step, step), that))
    .orderBy(desc(stepLogs.attempt))
    .limit(1)
  return row
}

/** What an append makes of a log. */
export interface Growth {
  /** Bytes that were printed by then. */
  readonly length: number
  /** To be added to those that are kept. */
  readonly bytes: Uint8Array
  /** The last of those that were printed, in the place of what waited before. */
  readonly waiting: Uint8Array
}

/**
 * The usual append in one round trip: it follows what is there, `length` bytes of which `kept` are kept, and nothing is cut
 * off. False when the log is closed, gone or another one; then nothing has happened, and `growStepLog` knows what to do.
 */
export async function extendStepLog(
  { db }: Store,
  { run, step, attempt }: LogPlace,
  { length, kept }: Pick<StepLogRow, 'length' | 'kept'>,
  { length: end, bytes, waiting }: Growth,
): Promise<boolean> {
  const grown = await db.$client`
    with grown as (
      update step_logs set length = ${end}, kept = ${kept + bytes.length}, waiting = ${waiting}::bytea, "grownAt" = now()
      where run = ${run} and step = ${step} and attempt = ${attempt}
        and length = ${length} and kept = ${kept} and artifact is null
      returning 1),
    added as (
      insert into step_log_chunks (run, step, attempt, at, bytes)
      select ${run}, ${step}, ${attempt}::integer, ${kept}::bigint, ${bytes}::bytea from grown
      where ${bytes.length}::integer > 0)
    select from grown`
  return grown.length === 1
}

/**
 * Calls `judge` with the log as it stands, locked, and makes of it what that answers. Answers the log afterwards; undefined
 * when there is no such log. What `judge` throws, or that it answers nothing, leaves all as it was.
 */
export async function growStepLog(
  { db }: Store,
  place: LogPlace,
  judge: (log: StepLogRow) => Growth | undefined,
): Promise<StepLogRow | undefined> {
  return db.transaction(async (tx) => {
    const [log] = await tx.select().from(stepLogs).where(logAt(place)).for('update')
    if (log === undefined) return undefined
    const growth = judge(log)
    if (growth === undefined) return log
    const { bytes, length, waiting } = growth
    if (bytes.length > 0) await tx.insert(stepLogChunks).values(chunks(place, log.kept, bytes))
    const kept = log.kept + bytes.length
    const grown = { length, kept, waiting: Buffer.from(waiting), grownAt: new Date() }
    await tx.update(stepLogs).set(grown).where(logAt(place))
    return { ...log, ...grown }
  })
}

function chunks({ run, step, attempt }: LogPlace, at: number, bytes: Uint8Array) {
  const count = Math.ceil(bytes.length / CHUNK_MAX)
  return Array.from({ length: count }, (_, n) => {
    const part = bytes.subarray(n * CHUNK_MAX, (n + 1) * CHUNK_MAX)
    const buffer = Buffer.from(part.buffer, part.byteOffset, part.length)
    return { run, step, attempt, at: at + n * CHUNK_MAX, bytes: buffer }
  })
}

/** Up to `max` bytes from `offset` on, of a log that is still open: one that was closed has none here. */
export async function readStepLog(
  { db }: Store,
  place: LogPlace,
  offset: number,
  max: number,
): Promise<Buffer> {
  const holder = db
    .select({ at: sql`coalesce(max(${stepLogChunks.at}), 0)` })
    .from(stepLogChunks)
    .where(and(chunksOf(place), lte(stepLogChunks.at, offset)))
  const rows = await db
    .select({ at: stepLogChunks.at, bytes: stepLogChunks.bytes })
    .from(stepLogChunks)
    .where(and(chunksOf(place), sql`${stepLogChunks.at} >= (${holder})`, lt(stepLogChunks.at, offset + max)))
    .orderBy(asc(stepLogChunks.at))
  const skip = offset - (rows[0]?.at ?? offset)
  return Buffer.concat(rows.map(({ bytes }) => bytes)).subarray(skip, skip + max)
}

/** At most `max` pieces from `offset` on, each with its time, of a log that is still open. */
export function readStepLogPieces(
  { db }: Store,
  place: LogPlace,
  offset: number,
  max: number,
): Promise<{ at: number; bytes: Buffer; writtenAt: Date }[]> {
  const { at, bytes, writtenAt } = stepLogChunks
  return db
    .select({ at, bytes, writtenAt })
    .from(stepLogChunks)
    .where(and(chunksOf(place), gte(at, offset)))
    .orderBy(asc(at))
    .limit(max)
    .execute()
}

/** Turns the log into the artifact; false when it grew beyond `kept` meanwhile, true also when it was closed already. */
export async function closeStepLog(
  { db }: Store,
  place: LogPlace,
  kept: number,
  artifact: ArtifactRow,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [log] = await tx.select().from(stepLogs).where(logAt(place)).for('update')
    if (log === undefined || log.artifact !== null) return true
    if (log.kept !== kept) return false
    await putArtifact({ db: tx }, artifact)
    await tx.update(stepLogs).set({ artifact: artifact.id }).where(logAt(place))
    await tx.delete(stepLogChunks).where(chunksOf(place))
    return true
  })
}

/** Logs that nobody closed, and nobody wrote to since `before`. Returns how many went. */
export async function removeAbandonedStepLogs({ db }: Store, before: Date): Promise<number> {
  const abandoned = and(isNull(stepLogs.artifact), lt(stepLogs.grownAt, before))
  const gone = await db.delete(stepLogs).where(abandoned).returning({ run: stepLogs.run })
  return gone.length
}

/** What a closed log became. */
export async function artifactOfStepLog({ db }: Store, log: StepLogRow): Promise<ArtifactRow | undefined> {
  if (log.artifact === null) return undefined
  const [row] = await db.select().from(artifacts).where(eq(artifacts.id, log.artifact))
  return row
}
