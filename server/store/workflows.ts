// Queries over stored workflows. It never reads a text.
import { and, asc, eq, sql } from 'drizzle-orm'
import type { Trigger } from '#dsl/workflow/model.ts'
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

/** Of every owner: those that something of this type starts. */
export function listTriggered({ db }: Store, type: Trigger['type']): Promise<Omit<WorkflowRow, 'text'>[]> {
  const { ownerId, name, description, triggers, updatedAt } = workflows
  return (
    db
      .select({ ownerId, name, description, triggers, updatedAt })
      .from(workflows)
      // As text first: the driver would write a parameter of jsonb as JSON once more.
      .where(sql`${triggers} @> ${JSON.stringify([{ type }])}::text::jsonb`)
      .execute()
  )
}

/** Whether there was one. */
export async function removeWorkflow({ db }: Store, ownerId: string, name: string): Promise<boolean> {
  const gone = await db
    .delete(workflows)
    .where(and(eq(workflows.ownerId, ownerId), eq(workflows.name, name)))
    .returning({ name: workflows.name })
  return gone.length > 0
}
