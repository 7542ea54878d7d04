// How a step of a run ends, or waits for another try: what its worker answered, what a matrix that fails fast does to the
// others, and what continue_on_error lets pass. Pure, as all of a turn's deciding.
import { holds, parseCondition } from '#dsl/workflow/condition.ts'
import type { Scope } from '#dsl/workflow/expression/ast.ts'
import type { Step } from '#dsl/workflow/model.ts'
import { NAMES } from '#dsl/workflow/names.ts'
import { concluded, stepsContext } from '#dsl/workflow/result.ts'
import type { StepResult } from '#dsl/workflow/result.ts'
import { isRetried, retryDelay } from '#dsl/workflow/retry.ts'
import { resultsOf } from './run-state.ts'
import type { RunRow, StepRow } from './run-state.ts'
import type { StepEnd } from './step-runner.ts'

export interface Advance {
  /** Steps that are to be queued, after so many milliseconds. */
  readonly queue: { readonly row: StepRow; readonly delayMs: number }[]
  /** Steps that run and are to be ended. */
  readonly abort: StepRow[]
  readonly changed: Set<StepRow>
  readonly added: Set<StepRow>
  readonly removed: Set<StepRow>
}

export interface Chance {
  readonly now: Date
  /** In [0, 1). */
  readonly random: () => number
}

export interface Turn {
  readonly run: RunRow
  readonly steps: StepRow[]
  readonly plan: Advance
  readonly chance: Chance
  readonly scope: Scope
  readonly model: ReadonlyMap<string, Step>
}

export function settle(turn: Turn, instance: string, end: StepEnd): void {
  const row = turn.steps.find(({ id }) => id === instance)
  const step = row && turn.model.get(row.step)
  if (!row || !step || row.state !== 'running') return
  row.cost += end.costUsd
  turn.run.cost += end.costUsd
  row.worker = null
  row.job = null
  turn.plan.changed.add(row)
  if (!end.ok && turn.run.stop === null && isRetried(step.retry, row.attempts, end.failure)) {
    const delayMs = retryDelay(step.retry, row.attempts, turn.chance.random())
    row.reason = `Attempt ${row.attempts} failed: ${end.error.message} It is tried again.`
    return enqueue(turn, row, delayMs)
  }
  const values = {
    ...(end.output === undefined ? {} : { output: end.output }),
    ...(end.outputs === undefined ? {} : { outputs: end.outputs }),
    attempts: row.attempts,
  }
  if (end.ok) return close(turn, row, { outcome: 'success', conclusion: 'success', ...values }, null)
  const wasStopped = turn.run.stop !== null && 'fault' in end.failure && end.failure.fault === 'cancelled'
  if (wasStopped)
    return close(
      turn,
      row,
      { outcome: 'cancelled', conclusion: 'cancelled', ...values },
      'The run was stopped.',
    )
  const failed = { outcome: 'failure', error: end.error, ...values } as const
  close(turn, row, concluded(failed, allows(turn, row, step)), end.error.message)
}

export function allows({ scope, steps }: Turn, row: StepRow, step: Step): boolean {
  const { continue_on_error: rule } = step
  if (typeof rule === 'boolean') return rule
  const names = { ...scope.names, matrix: matrixOf(row), steps: stepsContext(resultsOf(steps)) }
  try {
    return holds(parseCondition(rule, NAMES.condition), { ...scope, names })
  } catch {
    return false
  }
}

function matrixOf({ combination }: StepRow): Scope['names'] {
  return (combination ?? {}) as Scope['names']
}

export function close(turn: Turn, row: StepRow, result: StepResult, reason: string | null): void {
  row.result = result
  row.state = result.outcome
  row.reason = reason
  row.endedAt = turn.chance.now
  row.job = null
  row.worker = null
  row.due = null
  turn.plan.changed.add(row)
  const step = turn.model.get(row.step)
  if (result.conclusion === 'failure' && step?.matrix?.fail_fast === true) failFast(turn, row)
}

/** The other combinations of a step that is to fail fast. */
function failFast(turn: Turn, failed: StepRow): void {
  for (const row of turn.steps)
    if (row.step === failed.step && row !== failed && row.result === null)
      drop(turn, row, `${failed.id} failed, and the matrix fails fast.`)
}

/** Ends a step that has not ended: at once, or by its worker when it runs. */
export function drop(turn: Turn, row: StepRow, reason: string): void {
  if (row.state === 'running') {
    row.reason = reason
    return void turn.plan.abort.push(row)
  }
  close(turn, row, { outcome: 'cancelled', conclusion: 'cancelled', attempts: row.attempts }, reason)
}

export function enqueue(turn: Turn, row: StepRow, delayMs: number): void {
  row.state = 'queued'
  turn.plan.changed.add(row)
  turn.plan.queue.push({ row, delayMs })
}
