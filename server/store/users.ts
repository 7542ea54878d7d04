// Queries over people. It never decides what a person may do.
import { eq } from 'drizzle-orm'
import type { Store } from './store.ts'
import { users } from './tables.ts'

export type UserRow = typeof users.$inferSelect

/** The owner, made on the first call; two calls at once still make one. */
export async function ensureOwner({ db }: Store): Promise<UserRow> {
  const owner = { id: 'owner', name: 'Owner', role: 'owner', plan: 'libre' } as const
  await db.insert(users).values(owner).onConflictDoNothing()
  const [row] = await db.select().from(users).where(eq(users.id, owner.id))
  if (!row) throw new Error('the owner is missing right after the insert')
  return row
}

export async function findUser({ db }: Store, id: string): Promise<UserRow | undefined> {
  const [row] = await db.select().from(users).where(eq(users.id, id))
  return row
}
