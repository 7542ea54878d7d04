// The audit trail: rows are added and read, never changed. Callers keep secrets out of `detail`.
import { desc } from 'drizzle-orm'
import type { Store } from './store.ts'
import { audit } from './tables.ts'

export type AuditRow = typeof audit.$inferSelect

export interface AuditEntry {
  readonly userId?: string | undefined
  readonly workspaceId?: string | undefined
  /** An op's name, or `auth.…` for what happens outside ops. */
  readonly action: string
  /** `ok`, or the code of the fault. */
  readonly outcome: string
  readonly detail?: Record<string, unknown> | undefined
  readonly at?: Date
}

export async function addAudit({ db }: Store, entry: AuditEntry): Promise<void> {
  await db.insert(audit).values(rowOf(entry))
}

/** All of them or none, in one statement; there is at least one. Whoever else asks the database does not wait for it. */
export async function addAuditBehind({ behind }: Store, entries: readonly AuditEntry[]): Promise<void> {
  await behind.insert(audit).values(entries.map(rowOf))
}

const rowOf = (entry: AuditEntry) => ({ ...entry, detail: entry.detail ?? {} })

/** Newest first; `limit` rows. */
export function listAudit({ db }: Store, limit: number): Promise<AuditRow[]> {
  return db.select().from(audit).orderBy(desc(audit.id)).limit(limit).execute()
}
