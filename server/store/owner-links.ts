// Queries over one-time sign-in links, by hash. It never sees a code.
import { and, eq, gt } from 'drizzle-orm'
import type { Store } from './store.ts'
import { ownerLinks } from './tables.ts'

/** The new link is the only one: those of earlier starts end here. */
export async function replaceOwnerLink({ db }: Store, hash: string, expiresAt: Date): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.delete(ownerLinks)
    await tx.insert(ownerLinks).values({ hash, expiresAt })
  })
}

/** True for one caller only, however many come at once: the row is deleted and judged in one statement. */
export async function takeOwnerLink({ db }: Store, hash: string): Promise<boolean> {
  const live = and(eq(ownerLinks.hash, hash), gt(ownerLinks.expiresAt, new Date()))
  const taken = await db.delete(ownerLinks).where(live).returning()
  return taken.length === 1
}
