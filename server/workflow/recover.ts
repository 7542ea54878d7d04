// Takes over the steps of a worker that is gone: each waits in the queue again, under the same attempt, so that whoever
// claims it joins what still runs. A step that its workers die of fails.
import type { Sql } from 'postgres'
import { transact } from './database.ts'
import type { Query } from './database.ts'
import type { StepQueue } from './queue.ts'
import { addEvents, lockRun, numbered, readSteps, saveRuns, saveSteps } from './run-rows.ts'
import { stepInfo } from './run-state.ts'
import type { NewEvent, StepRow } from './run-state.ts'
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

/** `died` is false when the worker says goodbye. Answers the runs to look at. Idempotent. */
export async function recoverSteps(parts: RecoverParts, worker: string, died: boolean): Promise<string[]> {
  const held = await parts.sql<{ run: string }[]>`select distinct run_id as run from run_steps
    where worker = ${worker} order by run_id`
  for (const { run } of held) await recoverRun(parts, run, worker, died)
  return held.map(({ run }) => run)
}

function recoverRun(parts: RecoverParts, id: string, worker: string, died: boolean): Promise<void> {
  return transact(parts.sql, async (on) => {
    const run = await lockRun(on, id)
    if (!run) return
    const model = modelOf(run)
    const rows = (await readSteps(on, id)).filter((row) => row.worker === worker)
    const events: NewEvent[] = []
    for (const row of rows) {
      const step = model.get(row.step)
      if (!step) continue
      const kind = step.uses === undefined ? APPROVALS : parts.runner.queueOf(step.uses)
      if (row.job !== null) await parts.queue.remove(on, kind, [row.job])
      row.deaths += died ? 1 : 0
      row.worker = null
      row.job = null
      if (row.deaths >= parts.deathsMax) blame(row)
      else await putBack(parts.queue, on, id, row, kind)
      events.push({ type: 'step', step: stepInfo(row, step) })
    }
    await saveSteps(
      on,
      rows.map((row) => ({ run: id, row })),
    )
    await addEvents(on, numbered(run, events, new Date()))
    await saveRuns(on, [run])
    await on`select pg_notify(${CHANNELS.work}, '')`
  })
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
