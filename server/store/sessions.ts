// Queries over browser sessions, found by hash. It never sees a session's token.
import { eq } from 'drizzle-orm'
import type { Store } from './store.ts'
import { sessions, users } from './tables.ts'

export type SessionRow = typeof sessions.$inferSelect

export async function addSession({ db }: Store, row: Omit<SessionRow, 'createdAt'>): Promise<void> {
  await db.insert(sessions).values(row)
}

/** With its person; expired ones too, so that the caller can say so. */
export async function findSession({ db }: Store, hash: string) {
  const [row] = await db
    .select({ session: sessions, user: users })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.hash, hash))
  return row
}

export async function extendSession({ db }: Store, id: string, expiresAt: Date): Promise<void> {
  await db.update(sessions).set({ expiresAt }).where(eq(sessions.id, id))
}

export async function removeSession({ db }: Store, id: string): Promise<void> {
  await db.delete(sessions).where(eq(sessions.id, id))
}
