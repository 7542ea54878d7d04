// Takes over the steps of a worker that is gone: each waits in the queue again, under the same attempt, so that whoever
// claims it joins what still runs. A step that its workers die of fails.
import type { Sql } from 'postgres'
import { CHANNELS } from './channels.ts'
import { transact } from './database.ts'
import type { Query } from './database.ts'
import { changesOf, holdRuns, saveChanges } from './held-runs.ts'
import type { Held } from './held-runs.ts'
import { PRIORITY } from './queue.ts'
import type { NewJob, StepQueue } from './queue.ts'
import type { StepRow } from './run-state.ts'
import { queueOf } from './step-call.ts'
import type { StepRunner } from './step-runner.ts'

export interface RecoverParts {
  readonly sql: Sql
  readonly queue: StepQueue
  readonly runner: Pick<StepRunner, 'queueOf'>
  readonly deathsMax: number
}

export interface HeldStep {
  readonly run: string
  readonly instance: string
}

/**
 * `died` is false when the worker says goodbye, or lives. `held` is what it held when it lost its session: what others took
 * over by then is not blamed for it. Answers the runs to look at. All or nothing; idempotent but for `held`.
 */
export function recoverSteps(
  parts: RecoverParts,
  worker: string,
  died: boolean,
  held: readonly HeldStep[] = [],
): Promise<string[]> {
  return transact(parts.sql, async (on) => {
    const own = await on<{ run: string }[]>`select distinct run_id as run from run_steps
      where worker = ${worker}`
    const ids = [...new Set([...own, ...held].map(({ run }) => run))]
    if (ids.length === 0) return []
    const runs = await holdRuns(on, new Map(), ids)
    for (const run of runs) acquit(run, worker, held)
    const orphans = runs.flatMap((run) =>
      takeFrom(run, worker, died, parts.deathsMax).map((row) => ({ held: run, row })),
    )
    await putBack(parts, on, orphans)
    await Promise.all(saveChanges(on, changesOf(runs)))
    await on`select pg_notify(${CHANNELS.work}, '')`
    return ids
  })
}

/** What others took over meanwhile was not its death. */
function acquit({ run, steps, changed }: Held, worker: string, held: readonly HeldStep[]): void {
  const instances = new Set(held.filter((one) => one.run === run.id).map(({ instance }) => instance))
  for (const row of steps) {
    if (row.worker === worker || !instances.has(row.id) || row.deaths === 0 || row.endedAt !== null) continue
    row.deaths -= 1
    changed.add(row)
  }
}

/**
 * Takes the steps of a run from a worker. Answers those that are to run again: whoever claims one counts its attempt again,
 * and so has the same key. A step that its workers die of fails.
 */
export function takeFrom(held: Held, worker: string, died: boolean, deathsMax: number): StepRow[] {
  const own = held.steps.filter((row) => row.worker === worker && held.model.has(row.step))
  for (const row of own) {
    held.changed.add(row)
    row.worker = null
    row.job = null
    row.deaths += died ? 1 : 0
    if (row.deaths >= deathsMax) blame(row)
    else {
      row.state = 'queued'
      row.attempts -= 1
    }
  }
  return own.filter(({ state }) => state === 'queued')
}

export function recoveredJob(runner: RecoverParts['runner'], held: Held, row: StepRow): NewJob {
  const queue = queueOf(runner, held, row)
  return { run: held.run.id, instance: row.id, queue, delayMs: 0, priority: PRIORITY.recovered }
}

interface Orphan {
  readonly held: Held
  readonly row: StepRow
}

/** In the queue anyone may claim it. */
async function putBack(
  { queue, runner }: RecoverParts,
  on: Query,
  orphans: readonly Orphan[],
): Promise<void> {
  const adding = queue.add(
    on,
    orphans.map(({ held, row }) => recoveredJob(runner, held, row)),
  )
  for (const [index, { row }] of orphans.entries()) row.job = adding.ids[index] ?? null
  await Promise.all([adding.sent, adding.done])
}

function blame(row: StepRow): void {
  const message = `Its worker died ${row.deaths} times while it ran.`
  const error = { code: 'internal', message }
  row.result = { outcome: 'failure', conclusion: 'failure', error, attempts: row.attempts }
  row.state = 'failure'
  row.reason = message
  row.endedAt = new Date()
}
