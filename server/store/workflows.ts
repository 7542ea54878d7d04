// Queries over stored workflows. It never reads a text.
import { and, asc, eq, sql } from 'drizzle-orm'
import type { Store } from './store.ts'
import { workflows } from './workflow-tables.ts'

export type WorkflowRow = typeof workflows.$inferSelect
export type NewWorkflow = Omit<WorkflowRow, 'updatedAt'>

/** In place of the owner's one of that name. */
export async function saveWorkflow({ db }: Store, row: NewWorkflow): Promise<WorkflowRow> {
  const { text, description, triggers } = row
  const [saved] = await db
    .insert(workflows)
    .values(row)
    .onConflictDoUpdate({
      target: [workflows.ownerId, workflows.name],
      set: { text, description, triggers, updatedAt: sql`now()` },
    })
    .returning()
  if (saved) return saved
  throw new Error('An upsert answered no row.')
}

export async function findWorkflow(
  { db }: Store,
  ownerId: string,
  name: string,
): Promise<WorkflowRow | undefined> {
  const [row] = await db
    .select()
    .from(workflows)
    .where(and(eq(workflows.ownerId, ownerId), eq(workflows.name, name)))
  return row
}

/** By name, without their texts. */
export function listWorkflows({ db }: Store, ownerId: string): Promise<Omit<WorkflowRow, 'text'>[]> {
  const { ownerId: owner, name, description, triggers, updatedAt } = workflows
  return db
    .select({ ownerId: owner, name, description, triggers, updatedAt })
    .from(workflows)
    .where(eq(owner, ownerId))
    .orderBy(asc(name))
    .execute()
}

/** Of every owner: what the clock looks at. */
export function listCronWorkflows({ db }: Store): Promise<Omit<WorkflowRow, 'text'>[]> {
  const { ownerId, name, description, triggers, updatedAt } = workflows
  return db
    .select({ ownerId, name, description, triggers, updatedAt })
    .from(workflows)
    .where(sql`${triggers} @> '[{"type":"cron"}]'::jsonb`)
    .execute()
}

/** Whether there was one. */
export async function removeWorkflow({ db }: Store, ownerId: string, name: string): Promise<boolean> {
  const gone = await db
    .delete(workflows)
    .where(and(eq(workflows.ownerId, ownerId), eq(workflows.name, name)))
    .returning({ name: workflows.name })
  return gone.length > 0
}
