// Queries over which bytes are kept, and for how long nobody may remove them. It never touches the bytes themselves.
import { and, eq, lt, notExists, sql } from 'drizzle-orm'
import { artifacts, blobs } from './artifact-tables.ts'
import { caches } from './cache-tables.ts'
import type { Store } from './store.ts'

/**
 * To be called before the bytes are put: until `until` no sweep removes them. It waits for a sweep that removes them just
 * now, so that bytes put afterwards stay.
 */
export async function leaseBlob(
  { db }: Store,
  { sha256, bytes }: { sha256: string; bytes: number },
  until: Date,
): Promise<void> {
  await db
    .insert(blobs)
    .values({ sha256, bytes, leasedUntil: until })
    .onConflictDoUpdate({
      target: blobs.sha256,
      set: { leasedUntil: sql`greatest(${blobs.leasedUntil}, excluded.${sql.identifier('leasedUntil')})` },
    })
}

/**
 * Removes one blob that neither artifact nor cache refers to; false when there is none. The row goes first, under its lock: a reference
 * that came meanwhile makes the delete fail before any byte is gone, and a crash in between leaves the row to the next sweep.
 */
export async function removeUnusedBlob(
  { db }: Store,
  now: Date,
  remove: (sha256: string) => Promise<void>,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const uses = tx
      .select({ one: sql`1` })
      .from(artifacts)
      .where(eq(artifacts.sha256, blobs.sha256))
    const cached = tx
      .select({ one: sql`1` })
      .from(caches)
      .where(eq(caches.sha256, blobs.sha256))
    const [unused] = await tx
      .select({ sha256: blobs.sha256 })
      .from(blobs)
      .where(and(lt(blobs.leasedUntil, now), notExists(uses), notExists(cached)))
      .limit(1)
      .for('update', { skipLocked: true })
    if (unused === undefined) return false
    await tx.delete(blobs).where(eq(blobs.sha256, unused.sha256))
    await remove(unused.sha256)
    return true
  })
}
