// Queries over runs that others than the engine ask. It never changes one.
import { eq } from 'drizzle-orm'
import { runs } from './run-tables.ts'
import type { Store } from './store.ts'

/** Undefined when there is no such run. */
export async function ownerOfRun({ db }: Store, id: string): Promise<string | undefined> {
  const [run] = await db.select({ owner: runs.ownerId }).from(runs).where(eq(runs.id, id))
  return run?.owner
}

/** Ids of workspaces in which a run has a step that runs, or is about to. */
export async function busyWorkspaces({ db }: Store): Promise<ReadonlySet<string>> {
  const rows = await db.$client<{ id: string }[]>`
    select 'r' || left(encode(sha256(convert_to(coalesce(home, id), 'UTF8')), 'hex'), 24) as id
    from runs where ended_at is null and exists (
      select from run_steps where run_id = runs.id and run_steps.state in ('queued', 'running'))`
  return new Set(rows.map(({ id }) => id))
}

/** A run that has ended and still has its workspace. */
export interface LeftRun {
  readonly id: string
  readonly owner: string
}

/**
 * Runs that ended `hours` ago or earlier by the clock of the database, whose workspace is still there and was used by
 * nobody in that time, nor by a run that went on in it. The id of the workspace is that of `workspaceId` (workflow/steps/run-workspace).
 */
export async function leftRuns({ db }: Store, hours: number): Promise<LeftRun[]> {
  return db.$client<LeftRun[]>`
    with since as materialized (select now() - make_interval(hours => ${hours}) as at)
    select runs.id, runs.owner_id as owner
    from since, runs join workspaces
      on workspaces.id = 'r' || left(encode(sha256(convert_to(runs.id, 'UTF8')), 'hex'), 24)
    where runs.settled_at is not null and runs.ended_at <= since.at and not exists (
      select from audit where audit."workspaceId" = workspaces.id and audit.at > since.at
        and audit."userId" is not null and audit.detail ->> 'door' is distinct from 'workflow')
      and not exists (select from runs as later
        where later.home = runs.id and (later.ended_at is null or later.ended_at > since.at))`
}
