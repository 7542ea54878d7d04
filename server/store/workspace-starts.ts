// Which workspaces of a person run, and whether one more may: asked and written in one transaction, so that two starts at
// once cannot pass the quota together. It starts none.
import { eq, sql } from 'drizzle-orm'
import type { Store } from './store.ts'
import { workspaces } from './tables.ts'
import type { WorkspaceRow } from './workspaces.ts'

export interface NewStart {
  readonly id: string
  readonly owner: string
  readonly tokenHash: string
  /** Workspaces of the owner that may run at once; undefined for any number. */
  readonly limit: number | undefined
}

/** The row, `starting` from now on; or the names of those that run while no further one may. Undefined: it is gone. */
export type Start = { readonly row: WorkspaceRow | undefined } | { readonly running: readonly string[] }

/** Seeds of advisory locks are per subject; this one counts the starts of a person. */
const LOCK = 5

export function beginStart({ db }: Store, { id, owner, tokenHash, limit }: NewStart): Promise<Start> {
  return db.transaction(async (tx) => {
    if (limit !== undefined) {
      await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${owner}, ${LOCK}))`)
      const own = await tx.execute<Counted>(counted(owner))
      const others = own.filter((one) => one.id !== id && one.runs && !one.ofRun)
      const isOfRun = own.some((one) => one.id === id && one.ofRun)
      if (!isOfRun && others.length >= limit) return { running: others.map(({ name }) => name) }
    }
    const change = { state: 'starting', tokenHash, endedBy: null } as const
    const [row] = await tx.update(workspaces).set(change).where(eq(workspaces.id, id)).returning()
    return { row }
  })
}

interface Counted extends Record<string, unknown> {
  readonly id: string
  readonly name: string
  readonly runs: boolean
  /** A run works in it, and is counted instead. */
  readonly ofRun: boolean
}

/** The id of a run's workspace is that of `workspaceId` (workflow/steps/run-workspace). */
function counted(owner: string) {
  return sql`
    select id, name, state <> 'stopped' as runs, id in (
      select 'r' || left(encode(sha256(convert_to(coalesce(home, id), 'UTF8')), 'hex'), 24)
      from runs where owner_id = ${owner} and ended_at is null) as "ofRun"
    from workspaces where "ownerId" = ${owner} order by "createdAt"`
}
