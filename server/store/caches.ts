// Queries over dependency caches: what is kept for whom, what a run was given, what goes first. It never touches bytes.
import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import { caches, runCaches } from './cache-tables.ts'
import type { Store } from './store.ts'

export type CacheRow = typeof caches.$inferSelect
export type RunCacheRow = typeof runCaches.$inferSelect

export interface CachePlace {
  readonly ownerId: string
  readonly repo: string
  readonly kind: string
}

const inPlace = ({ ownerId, repo, kind }: CachePlace) =>
  and(eq(caches.ownerId, ownerId), eq(caches.repo, repo), eq(caches.kind, kind))

/** That of the key before any other, that of the first branch before the next, the newest of those; it counts as used. */
export async function takeCache(
  { db }: Store,
  place: CachePlace,
  branches: readonly string[],
  key: string,
): Promise<CacheRow | undefined> {
  const [found] = await db
    .select()
    .from(caches)
    .where(and(inPlace(place), inArray(caches.branch, [...branches])))
    .orderBy(
      desc(sql`${caches.key} = ${key}`),
      desc(sql`${caches.branch} = ${branches[0] ?? ''}`),
      desc(caches.createdAt),
    )
    .limit(1)
  if (found !== undefined)
    await db
      .update(caches)
      .set({ usedAt: sql`now()` })
      .where(eq(caches.id, found.id))
  return found
}

export async function hasCache(
  { db }: Store,
  place: CachePlace,
  branch: string,
  key: string,
): Promise<boolean> {
  const same = and(inPlace(place), eq(caches.branch, branch), eq(caches.key, key))
  return (await db.select({ id: caches.id }).from(caches).where(same)).length > 0
}

/** Nothing happens when there is one of the same place, branch and key: the first stays. */
export async function addCache({ db }: Store, row: typeof caches.$inferInsert): Promise<void> {
  await db.insert(caches).values(row).onConflictDoNothing()
}

export async function removeCache({ db }: Store, id: string): Promise<void> {
  await db.delete(caches).where(eq(caches.id, id))
}

/** Least recently used first, until a repository and its owner have at most so many bytes. Returns how many went. */
export async function evictCaches(
  { db }: Store,
  ownerId: string,
  { repository, owner }: { repository: number; owner: number },
): Promise<number> {
  const gone = await db.$client`
    delete from caches where id in (
      select id from (
        select id, sum(bytes) over (partition by repo order by "usedAt" desc, id) as of_repository,
          sum(bytes) over (order by "usedAt" desc, id) as of_owner
        from caches where "ownerId" = ${ownerId}) as counted
      where of_repository > ${repository} or of_owner > ${owner})
    returning id`
  return gone.length
}

export async function removeCachesUnusedSince({ db }: Store, before: Date): Promise<void> {
  await db.delete(caches).where(lt(caches.usedAt, before))
}

export async function findRunCache({ db }: Store, run: string): Promise<RunCacheRow | undefined> {
  const [row] = await db.select().from(runCaches).where(eq(runCaches.run, run))
  return row
}

/** Nothing happens when the run has one: another worker was first. */
export async function addRunCache({ db }: Store, row: RunCacheRow): Promise<void> {
  await db.insert(runCaches).values(row).onConflictDoNothing()
}

export async function removeRunCache({ db }: Store, run: string): Promise<void> {
  await db.delete(runCaches).where(eq(runCaches.run, run))
}
