// Takes over the steps of a worker that is gone: each waits in the queue again, under the same attempt, so that whoever
// claims it joins what still runs. A step that its workers die of fails.
import type { Sql } from 'postgres'
import { transact } from './database.ts'
import type { Query } from './database.ts'
import type { StepQueue } from './queue.ts'
import { addEvents, lockRun, numbered, readSteps, saveRuns, saveSteps } from './run-rows.ts'
import { stepInfo } from './run-state.ts'
import type { NewEvent, RunRow, StepRow } from './run-state.ts'
import { modelOf } from './advance.ts'
import type { StepRunner } from './step-runner.ts'
import { APPROVALS, CHANNELS } from './turn.ts'

/** Before all that merely goes on. */
const PRIORITY = 2

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
 * over by then is not blamed for it. Answers the runs to look at. Idempotent but for `held`.
 */
export async function recoverSteps(
  parts: RecoverParts,
  worker: string,
  died: boolean,
  held: readonly HeldStep[] = [],
): Promise<string[]> {
  const rows = await parts.sql<{ run: string }[]>`select distinct run_id as run from run_steps
    where worker = ${worker}`
  const runs = [...new Set([...rows, ...held].map(({ run }) => run))].sort()
  for (const run of runs) {
    const instances = new Set(held.filter((one) => one.run === run).map(({ instance }) => instance))
    await recoverRun(parts, run, worker, died, instances)
  }
  return runs
}

function recoverRun(
  parts: RecoverParts,
  id: string,
  worker: string,
  died: boolean,
  held: ReadonlySet<string>,
): Promise<void> {
  return transact(parts.sql, async (on) => {
    const run = await lockRun(on, id)
    if (!run) return
    const model = modelOf(run)
    const rows = (await readSteps(on, id)).filter((row) => model.has(row.step))
    const own = rows.filter((row) => row.worker === worker)
    const elsewhere = rows.filter(
      (row) => !own.includes(row) && held.has(row.id) && row.deaths > 0 && row.endedAt === null,
    )
    for (const row of elsewhere) row.deaths -= 1
    for (const row of own) {
      const uses = model.get(row.step)?.uses
      const kind = uses === undefined ? APPROVALS : parts.runner.queueOf(uses)
      if (row.job !== null) await parts.queue.remove(on, kind, [row.job])
      row.deaths += died ? 1 : 0
      row.worker = null
      row.job = null
      if (row.deaths >= parts.deathsMax) blame(row)
      else await putBack(parts.queue, on, id, row, kind)
    }
    await saveWith(on, run, [...own, ...elsewhere])
    await on`select pg_notify(${CHANNELS.work}, '')`
  })
}

/** With an event each, by which whoever remembers the run knows that it has changed. */
async function saveWith(on: Query, run: RunRow, rows: readonly StepRow[]): Promise<void> {
  const model = modelOf(run)
  const events = rows.flatMap((row): NewEvent[] => {
    const step = model.get(row.step)
    return step ? [{ type: 'step', step: stepInfo(row, step) }] : []
  })
  const own = rows.map((row) => ({ run: run.id, row }))
  await saveSteps(on, own)
  await addEvents(on, numbered(run, events, new Date()))
  await saveRuns(on, [run])
}

function blame(row: StepRow): void {
  const message = `Its worker died ${row.deaths} times while it ran.`
  const error = { code: 'internal', message }
  row.result = { outcome: 'failure', conclusion: 'failure', error, attempts: row.attempts }
  row.state = 'failure'
  row.reason = message
  row.endedAt = new Date()
}

/** Who claims it counts the attempt again, and so has the same key. */
async function putBack(queue: StepQueue, on: Query, run: string, row: StepRow, kind: string): Promise<void> {
  row.state = 'queued'
  row.attempts -= 1
  const adding = queue.add(on, [{ run, instance: row.id, queue: kind, delayMs: 0, priority: PRIORITY }])
  await Promise.all([adding.sent, adding.done])
  row.job = adding.ids[0] ?? null
}
