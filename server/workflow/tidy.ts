// Cleans up after runs that have ended, whoever ended them: what waited for them begins, and their workspaces go or stay.
// What a crash leaves undone is done by the next one who looks.
import type { Sql } from 'postgres'
import type { Plans } from '#dsl/policy/quota.ts'
import { release } from './run-quota.ts'
import { readRuns } from './run-rows.ts'
import type { RunRow } from './run-state.ts'
import type { StepRunner } from './step-runner.ts'
import { factsOf } from './step-call.ts'

export interface TidyParts {
  readonly sql: Sql
  readonly runner: Pick<StepRunner, 'ended'>
  readonly plans: Plans | undefined
  /** A run may begin now. */
  readonly wake: (run: string) => void
  /** The next look tries again. */
  readonly failed: (error: unknown) => void
}

/** Runs that are cleaned up at once: what one has to save for minutes holds up no other. */
export const TIDY_AT_ONCE = 4

export interface Tidy {
  /** Looks once, or once more when it is looking; what it finds goes on beside it. Never rejects. */
  look(): Promise<void>
  /** Begins nothing more; resolves once what has begun is done. */
  close(): Promise<void>
}

export function createTidy(parts: TidyParts): Tidy {
  const { sql, failed } = parts
  let isLooking = false
  let isAsked = false
  let isClosed = false
  /** By the id of its run; those that wait have not begun. */
  const going = new Map<string, Promise<void>>()
  const waiting: RunRow[] = []

  function begin(run: RunRow): void {
    const done = settle(parts, run)
      .catch(failed)
      .finally(() => {
        going.delete(run.id)
        const next = isClosed ? undefined : waiting.shift()
        if (next) begin(next)
      })
    going.set(run.id, done)
  }

  /** What keeps one from being settled keeps no other. */
  async function take(run: RunRow): Promise<void> {
    if (isClosed || going.has(run.id) || waiting.some(({ id }) => id === run.id)) return
    await letOthersBegin(parts, run)
    if (going.size < TIDY_AT_ONCE) begin(run)
    else waiting.push(run)
  }

  return {
    async look() {
      isAsked = true
      if (isLooking) return
      isLooking = true
      try {
        // A run that ends meanwhile may not have been among those that were read.
        while (isAsked && !isClosed) {
          isAsked = false
          for (const run of await readRuns(sql, sql`settled_at is null and ended_at is not null`))
            await take(run).catch(failed)
        }
      } catch (error) {
        failed(error)
      }
      isLooking = false
    },
    async close() {
      isClosed = true
      await Promise.all(going.values())
    },
  }
}

async function letOthersBegin({ sql, plans, wake }: TidyParts, run: RunRow): Promise<void> {
  for (const id of await release(sql, run.ownerId, run.groupKey, plans)) wake(id)
}

async function settle({ sql, runner }: TidyParts, run: RunRow): Promise<void> {
  await runner.ended(factsOf(run), run.state === 'succeeded')
  await sql`update runs set settled_at = now() where id = ${run.id}`
}
