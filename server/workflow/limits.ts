// What ends a run from outside its steps: its time, its budget, an approval that nobody gave, somebody who stopped it.
import { concluded } from '#dsl/workflow/result.ts'
import { allows, close, drop } from './end-step.ts'
import type { Turn } from './end-step.ts'
import { hasEnded } from './run-state.ts'

/** Limits that ran out. What is spent is spent; what has not begun is not begun any more. */
export function enforce(turn: Turn): void {
  const { run, chance } = turn
  if (hasEnded(run)) return
  const { max_cost_usd: budget, max_time_ms: time } = run.model.policy
  if (run.stop === null && run.deadline !== null && run.deadline <= chance.now) {
    run.stop = 'timed_out'
    run.reason = `It took longer than ${(time ?? 0) / 1000} s (policy.max_time_ms).`
  }
  if (run.stop === null && budget !== undefined && run.cost > budget) {
    run.stop = 'over_budget'
    run.reason = `It cost $${run.cost.toFixed(2)}; policy.max_cost_usd allows $${budget.toFixed(2)}.`
  }
  endApprovals(turn)
}

function endApprovals(turn: Turn): void {
  for (const row of turn.steps) {
    if (row.state !== 'approval' || row.due === null || row.due > turn.chance.now) continue
    const error = { code: 'timed_out', message: 'Nobody approved it in time.' }
    const step = turn.model.get(row.step)
    const failed = { outcome: 'failure', error, attempts: row.attempts } as const
    close(turn, row, concluded(failed, step !== undefined && allows(turn, row, step)), error.message)
  }
}

export function stopSteps(turn: Turn): void {
  for (const row of turn.steps) {
    if (row.state === 'queued' || row.state === 'approval') drop(turn, row, 'The run was stopped.')
    else if (row.state === 'running') turn.plan.abort.push(row)
  }
}
