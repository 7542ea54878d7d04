// Takes over the steps of a worker that is gone: each waits in the queue again, under the same attempt, so that whoever
// claims it joins what still runs. A step that its workers die of fails.
import type { Sql } from 'postgres'
import { transact } from './database.ts'
import type { StepQueue } from './queue.ts'
import { lockRun, readSteps, saveSteps } from './run-rows.ts'
import { modelOf } from './advance.ts'
import type { StepRunner } from './step-runner.ts'
import { CHANNELS } from './turn.ts'

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

function recoverRun(
  { sql, queue, runner, deathsMax }: RecoverParts,
  id: string,
  worker: string,
  died: boolean,
) {
  return transact(sql, async (on) => {
    const run = await lockRun(on, id)
    if (!run) return
    const rows = (await readSteps(on, id)).filter((row) => row.worker === worker)
    for (const row of rows) {
      const uses = modelOf(run).get(row.step)?.uses
      const kind = uses === undefined ? 'shell' : runner.queueOf(uses)
      if (row.job !== null) await queue.remove(on, kind, [row.job])
      row.deaths += died ? 1 : 0
      row.worker = null
      if (row.deaths >= deathsMax) {
        const message = `Its worker died ${row.deaths} times while it ran.`
        row.result = {
          outcome: 'failure',
          conclusion: 'failure',
          error: { code: 'internal', message },
          attempts: row.attempts,
        }
        Object.assign(row, { state: 'failure', reason: message, endedAt: new Date(), job: null })
        continue
      }
      row.state = 'queued'
      row.attempts -= 1
      const [job] = await queue.add(on, [
        { run: id, instance: row.id, queue: kind, delayMs: 0, priority: PRIORITY },
      ])
      row.job = job ?? null
    }
    await saveSteps(on, id, rows)
    await on`select pg_notify(${CHANNELS.work}, '')`
  })
}
