// Queries over credentials. It never opens one, and changes only those that its caller names.
import { and, asc, eq, or, sql } from 'drizzle-orm'
import { credentials, vaultKeys } from './credential-tables.ts'
import type { Store } from './store.ts'

export type CredentialRow = typeof credentials.$inferSelect
export type NewCredentialRow = Omit<CredentialRow, 'createdAt'>
export type VaultKeyRow = Omit<typeof vaultKeys.$inferSelect, 'id'>

/** In the place of the one for the same place, whose id it takes over. */
export async function putCredential({ db }: Store, row: NewCredentialRow): Promise<CredentialRow> {
  const { sealed, fingerprint, username, write } = row
  const { ownerId, host, path, everyone, workspaceId } = credentials
  const [put] = await db
    .insert(credentials)
    .values(row)
    .onConflictDoUpdate({
      target: [ownerId, host, path, everyone, workspaceId],
      set: { sealed, fingerprint, username, write, createdAt: sql`now()` },
    })
    .returning()
  if (!put) throw new Error('an insert answered without its row')
  return put
}

/** The person's own and those for everybody, by address. */
export function listCredentials({ db }: Store, ownerId: string): Promise<CredentialRow[]> {
  return db
    .select()
    .from(credentials)
    .where(or(eq(credentials.ownerId, ownerId), credentials.everyone))
    .orderBy(asc(credentials.host), asc(credentials.path), asc(credentials.id))
    .execute()
}

export async function removeCredential({ db }: Store, id: string): Promise<void> {
  await db.delete(credentials).where(eq(credentials.id, id))
}

/** What may be said to the host (`name:port`) from the workspace. */
export function credentialsFor({ db }: Store, workspace: string, host: string): Promise<CredentialRow[]> {
  return db
    .select()
    .from(credentials)
    .where(and(eq(credentials.host, host), mayBeUsedIn(workspace)))
    .execute()
}

const mayBeUsedIn = (
  workspace: string,
) => sql`exists (select from workspaces where workspaces.id = ${workspace}
  and (${credentials.everyone} or ${credentials.ownerId} = workspaces."ownerId")
  and (${credentials.workspaceId} is null or ${credentials.workspaceId} = workspaces.id))`

/** The row that is kept: this one, when there was none. */
export async function keepVaultKey({ db }: Store, fresh: VaultKeyRow): Promise<VaultKeyRow> {
  await db
    .insert(vaultKeys)
    .values({ id: 'vault', ...fresh })
    .onConflictDoNothing()
  const [row] = await db.select().from(vaultKeys)
  if (!row) throw new Error('the row of the vault is missing right after the insert')
  return row
}
