// Cleans up after runs that have ended, whoever ended them: what waited for them begins, and their workspaces go or stay.
// What a crash leaves undone is done by the next one who looks.
import type { Sql } from 'postgres'
import type { Plans } from '#dsl/policy/quota.ts'
import { release } from './run-quota.ts'
import { readRuns } from './run-rows.ts'
import type { RunRow } from './run-state.ts'
import type { StepRunner } from './step-runner.ts'
import { factsOf } from './turn.ts'

export interface TidyParts {
  readonly sql: Sql
  readonly runner: Pick<StepRunner, 'ended'>
  readonly plans: Plans | undefined
  /** A run may begin now. */
  readonly wake: (run: string) => void
  /** The next look tries again. */
  readonly failed: (error: unknown) => void
}

/** What it answers looks once, or once more when it is looking; never rejects. */
export function createTidy(parts: TidyParts): () => Promise<void> {
  const { sql, failed } = parts
  let isLooking = false
  let isAsked = false
  return async () => {
    isAsked = true
    if (isLooking) return
    isLooking = true
    try {
      // A run that ends meanwhile may not have been among those that were read.
      while (isAsked) {
        isAsked = false
        for (const run of await readRuns(sql, sql`settled_at is null and ended_at is not null`))
          // What keeps one from being settled keeps no other.
          await settle(parts, run).catch(failed)
      }
    } catch (error) {
      failed(error)
    }
    isLooking = false
  }
}

async function settle({ sql, runner, plans, wake }: TidyParts, run: RunRow): Promise<void> {
  for (const id of await release(sql, run.ownerId, run.groupKey, plans)) wake(id)
  await runner.ended(factsOf(run), run.state === 'succeeded')
  await sql`update runs set settled_at = now() where id = ${run.id}`
}
