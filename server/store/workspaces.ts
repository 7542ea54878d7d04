// Queries over workspaces. It never starts or stops one, and never sees a runtime's token, only its hash.
import { and, asc, eq, or } from 'drizzle-orm'
import { Fault } from '#dsl/fault.ts'
import type { Store } from './store.ts'
import { workspaces } from './tables.ts'

export type WorkspaceRow = typeof workspaces.$inferSelect
export type NewWorkspace = Omit<typeof workspaces.$inferInsert, 'createdAt'>
export type WorkspaceChange = Partial<
  Pick<WorkspaceRow, 'state' | 'driver' | 'tokenHash' | 'egressAllow' | 'endedBy'>
>

/** Faults: conflict (`data.reason`: `id`, there is this very one; `name`, the owner has another one of that name). */
export async function addWorkspace(store: Store, row: NewWorkspace): Promise<WorkspaceRow> {
  const [added] = await store.db.insert(workspaces).values(row).onConflictDoNothing().returning()
  if (added) return added
  const isThere = (await findWorkspace(store, row.ownerId, row.id))?.id === row.id
  throw new Fault('conflict', `A workspace named ${row.name} exists already. Choose another name.`, {
    data: { reason: isThere ? 'id' : 'name' },
  })
}

/** By id or name, among the owner's; an id wins over a name that looks like it. */
export async function findWorkspace(
  { db }: Store,
  ownerId: string,
  idOrName: string,
): Promise<WorkspaceRow | undefined> {
  const named = or(eq(workspaces.id, idOrName), eq(workspaces.name, idOrName))
  const rows = await db
    .select()
    .from(workspaces)
    .where(and(eq(workspaces.ownerId, ownerId), named))
  return rows.find((row) => row.id === idOrName) ?? rows[0]
}

/** The workspace whose runtime holds the token of this SHA-256 (hex). */
export async function findWorkspaceByToken({ db }: Store, hash: string): Promise<WorkspaceRow | undefined> {
  const [row] = await db.select().from(workspaces).where(eq(workspaces.tokenHash, hash))
  return row
}

/** The address that it was made of; null when there is none, or no such workspace. */
export async function repositoryOfWorkspace({ db }: Store, id: string): Promise<string | null> {
  const [row] = await db.select({ repo: workspaces.repo }).from(workspaces).where(eq(workspaces.id, id))
  return row?.repo ?? null
}

/** Oldest first. */
export function listWorkspaces({ db }: Store, ownerId: string): Promise<WorkspaceRow[]> {
  return db
    .select()
    .from(workspaces)
    .where(eq(workspaces.ownerId, ownerId))
    .orderBy(asc(workspaces.createdAt))
    .execute()
}

/** Of every owner, on one server: what it looks at when it starts. */
export function listWorkspacesOf({ db }: Store, hostId: string): Promise<WorkspaceRow[]> {
  return db.select().from(workspaces).where(eq(workspaces.hostId, hostId)).execute()
}

/** The row as it is now; undefined when there is none. */
export async function updateWorkspace(
  { db }: Store,
  id: string,
  change: WorkspaceChange,
): Promise<WorkspaceRow | undefined> {
  const [row] = await db.update(workspaces).set(change).where(eq(workspaces.id, id)).returning()
  return row
}

export async function removeWorkspace({ db }: Store, id: string): Promise<void> {
  await db.delete(workspaces).where(eq(workspaces.id, id))
}
