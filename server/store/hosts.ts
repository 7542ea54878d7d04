// Queries over the servers that share this database, and over the tickets between them. It never sees a ticket, only its
// hash.
import { and, desc, eq, gt, isNull, lt } from 'drizzle-orm'
import { hosts, hostTickets } from './host-tables.ts'
import type { Store } from './store.ts'
import { workspaces } from './tables.ts'

export type HostRow = typeof hosts.$inferSelect

/** From now on others find the server there. Workspaces that name no server are its own. */
export async function putHost({ db }: Store, id: string, url: string): Promise<void> {
  const startedAt = new Date()
  await db
    .insert(hosts)
    .values({ id, url, startedAt })
    .onConflictDoUpdate({ target: hosts.id, set: { url, startedAt } })
  await db.update(workspaces).set({ hostId: id }).where(isNull(workspaces.hostId))
}

export async function findHost({ db }: Store, id: string): Promise<HostRow | undefined> {
  const [row] = await db.select().from(hosts).where(eq(hosts.id, id))
  return row
}

/** The one that started last comes first. */
export function listHosts({ db }: Store): Promise<HostRow[]> {
  return db.select().from(hosts).orderBy(desc(hosts.startedAt)).execute()
}

export async function putTicket({ db }: Store, hash: string, hostId: string, expiresAt: Date): Promise<void> {
  await db.delete(hostTickets).where(lt(hostTickets.expiresAt, new Date()))
  await db.insert(hostTickets).values({ hash, hostId, expiresAt })
}

/** True for one caller only, however many come at once: the row is deleted and judged in one statement. */
export async function takeTicket({ db }: Store, hash: string, hostId: string): Promise<boolean> {
  const live = and(
    eq(hostTickets.hash, hash),
    eq(hostTickets.hostId, hostId),
    gt(hostTickets.expiresAt, new Date()),
  )
  const taken = await db.delete(hostTickets).where(live).returning()
  return taken.length === 1
}
