// Queries over runs that others than the engine ask. It never changes one.
import { eq } from 'drizzle-orm'
import { runs } from './run-tables.ts'
import type { Store } from './store.ts'

/** Undefined when there is no such run. */
export async function ownerOfRun({ db }: Store, id: string): Promise<string | undefined> {
  const [run] = await db.select({ owner: runs.ownerId }).from(runs).where(eq(runs.id, id))
  return run?.owner
}
