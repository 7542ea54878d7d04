// Queries over artifacts: what each is called, whose step made it, until when it stays. It never touches their bytes.
import { and, asc, eq, gt, inArray, lt, sql } from 'drizzle-orm'
import { artifacts } from './artifact-tables.ts'
import { runs } from './run-tables.ts'
import type { Store } from './store.ts'

export type ArtifactRow = typeof artifacts.$inferSelect

/** Rows that one sweep looks at. */
const SWEEP_MAX = 200

/** One of the same place, kind and name is replaced, its id too: a link to the old one leads nowhere. */
export async function putArtifact(
  { db }: { db: Pick<Store['db'], 'insert'> },
  row: ArtifactRow,
): Promise<void> {
  const target = [artifacts.run, artifacts.step, artifacts.attempt, artifacts.kind, artifacts.name]
  await db.insert(artifacts).values(row).onConflictDoUpdate({ target, set: row })
}

export interface ArtifactLimit {
  readonly owner: string
  /** Of all artifacts of the owner's runs that are kept, logs too. */
  readonly bytes: number
}

/** Seed of the advisory lock under which a person's artifacts are counted. */
const LOCK = 6

/** As `putArtifact`; or undefined, with nothing put, and the bytes that are kept, when it would pass the limit. */
export function putArtifactWithin(
  { db }: Store,
  row: ArtifactRow,
  limit: ArtifactLimit,
): Promise<{ readonly keptBytes: number } | undefined> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${limit.owner}, ${LOCK}))`)
    const replaced = and(
      ...[eq(artifacts.run, row.run), eq(artifacts.step, row.step), eq(artifacts.attempt, row.attempt)],
      ...[eq(artifacts.kind, row.kind), eq(artifacts.name, row.name)],
    )
    const [kept] = await tx
      .select({ bytes: sql<number>`coalesce(sum(${artifacts.bytes}), 0)::float8` })
      .from(artifacts)
      .innerJoin(runs, eq(runs.id, artifacts.run))
      .where(
        and(eq(runs.ownerId, limit.owner), gt(artifacts.expiresAt, row.createdAt), sql`not (${replaced})`),
      )
    const keptBytes = kept?.bytes ?? 0
    if (keptBytes + row.bytes > limit.bytes) return { keptBytes }
    await putArtifact({ db: tx }, row)
    return undefined
  })
}

/** In the order in which they were made; those that have expired are not among them. */
export function listArtifacts({ db }: Store, run: string, now: Date): Promise<ArtifactRow[]> {
  return db
    .select()
    .from(artifacts)
    .where(and(eq(artifacts.run, run), gt(artifacts.expiresAt, now)))
    .orderBy(asc(artifacts.createdAt), asc(artifacts.id))
    .execute()
}

export async function findArtifact({ db }: Store, id: string, now: Date): Promise<ArtifactRow | undefined> {
  const live = and(eq(artifacts.id, id), gt(artifacts.expiresAt, now))
  const [row] = await db.select().from(artifacts).where(live)
  return row
}

/** Returns how many went; more may be left when it is as many as one sweep takes. */
export async function removeExpiredArtifacts({ db }: Store, now: Date): Promise<number> {
  const expired = db
    .select({ id: artifacts.id })
    .from(artifacts)
    .where(lt(artifacts.expiresAt, now))
    .limit(SWEEP_MAX)
  const gone = await db
    .delete(artifacts)
    .where(inArray(artifacts.id, expired))
    .returning({ id: artifacts.id })
  return gone.length
}
