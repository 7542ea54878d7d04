// Queries over signed tokens that ended early, by their id. A row outlives its token by nothing: expired ones are deleted.
import { eq, lt } from 'drizzle-orm'
import type { Store } from './store.ts'
import { revokedTokens } from './tables.ts'

export async function addRevokedToken({ db }: Store, jti: string, expiresAt: Date): Promise<void> {
  await db.delete(revokedTokens).where(lt(revokedTokens.expiresAt, new Date()))
  await db.insert(revokedTokens).values({ jti, expiresAt }).onConflictDoNothing()
}

export async function isTokenRevoked({ db }: Store, jti: string): Promise<boolean> {
  const found = await db.select().from(revokedTokens).where(eq(revokedTokens.jti, jti))
  return found.length > 0
}
