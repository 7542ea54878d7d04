// What a run does next: settles what ended, decides what waits, runs or is skipped, and when the run is over. Pure: it
// changes the rows it is handed and says which jobs there should be; it never asks a database or a clock.
import { toFault } from '#dsl/fault.ts'
import { decide, endOf } from '#dsl/workflow/decide.ts'
import type { RunState } from '#dsl/workflow/decide.ts'
import { expandMatrix, resolveMatrix } from '#dsl/workflow/matrix.ts'
import type { Combination } from '#dsl/workflow/matrix.ts'
import type { Step } from '#dsl/workflow/model.ts'
import { stepsContext } from '#dsl/workflow/result.ts'
import { close, drop, enqueue, settle } from './end-step.ts'
import type { Advance, Chance, Turn } from './end-step.ts'
import { enforce, stopSteps } from './limits.ts'
import { hasEnded, newStep, resultsOf, scopeOf } from './run-state.ts'
import type { RunRow, StepRow } from './run-state.ts'
import type { StepEnd } from './step-runner.ts'

/** A worker that dies this often with a step is taken to have died of it. */
export const DEATHS_MAX = 5

export interface Settled {
  readonly instance: string
  readonly end: StepEnd
}

/** `steps` is changed in place; it holds every step of the run afterwards. */
export function advance(run: RunRow, steps: StepRow[], settled: readonly Settled[], chance: Chance): Advance {
  const plan: Advance = { queue: [], abort: [], changed: new Set(), added: new Set(), removed: new Set() }
  const turn = { run, steps, plan, chance, scope: scopeOf(run), model: modelOf(run) }
  for (const { instance, end } of settled) settle(turn, instance, end)
  enforce(turn)
  if (run.stop !== null) stopSteps(turn)
  if (run.state === 'queued') begin(turn)
  if (!isHeld(run) || run.stop !== null) while (decideAll(turn)) continue
  finish(turn)
  return plan
}

export function modelOf(run: Pick<RunRow, 'model'>): ReadonlyMap<string, Step> {
  return new Map(run.model.steps.map((step) => [step.id, step]))
}

/** It waits for another run of its concurrency group. */
function isHeld({ state, startedAt }: RunRow): boolean {
  return state === 'waiting' && startedAt === null
}

function begin({ run, chance }: Turn): void {
  run.state = 'running'
  run.startedAt ??= chance.now
  const { max_time_ms: limit } = run.model.policy
  if (limit !== undefined) run.deadline ??= new Date(run.startedAt.getTime() + limit)
}

/** Decides every step that is pending; answers whether one of them ended, which may decide others. */
function decideAll(turn: Turn): boolean {
  const { run, steps, model } = turn
  let moved = false
  let results = resultsOf(steps)
  for (const row of [...steps]) {
    const step = model.get(row.step)
    if (row.state !== 'pending' || step === undefined) continue
    if (row.combination !== null) {
      moved = offerCombination(turn, row, step) || moved
      continue
    }
    const state = { steps: model, results, cancelled: run.stop !== null }
    if (!guarded(turn, row, () => decideOne(turn, row, step, state))) continue
    moved = true
    results = resultsOf(steps)
  }
  return moved
}

/** Whether it ended, or others stand in its place. */
function decideOne(turn: Turn, row: StepRow, step: Step, state: RunState): boolean {
  const decision = decide(step, state, turn.scope)
  if (decision.do === 'wait') return false
  if (decision.do === 'skip') {
    const result = { outcome: 'skipped', conclusion: 'skipped', attempts: 0 } as const
    close(turn, row, { ...result, skippedBy: decision.by }, decision.reason)
    return true
  }
  return decision.do === 'approve' && !row.approved ? ask(turn, row, step) : start(turn, row, step)
}

/** A step whose expressions cannot be computed fails, and says why. */
function guarded(turn: Turn, row: StepRow, act: () => boolean): boolean {
  try {
    return act()
  } catch (error) {
    const { code, message } = toFault(error)
    const failed = { outcome: 'failure', error: { code, message }, attempts: row.attempts } as const
    close(turn, row, { ...failed, conclusion: 'failure' }, message)
    return true
  }
}

function ask(turn: Turn, row: StepRow, step: Step): boolean {
  row.state = 'approval'
  row.reason = step.approval?.message ?? 'It waits for an approval.'
  const { timeout } = step.approval ?? {}
  row.due = timeout === undefined ? null : new Date(turn.chance.now.getTime() + timeout)
  turn.plan.changed.add(row)
  return false
}

/** Queues the step, or the combinations of its matrix in its place. */
function start(turn: Turn, row: StepRow, step: Step): boolean {
  if (step.matrix === undefined) {
    enqueue(turn, row, 0)
    return false
  }
  const names = { ...turn.scope.names, steps: stepsContext(resultsOf(turn.steps)) }
  const combinations = expandMatrix(resolveMatrix(step.matrix, { ...turn.scope, names }))
  if (combinations.length === 0) {
    const result = { outcome: 'skipped', conclusion: 'skipped', skippedBy: 'condition', attempts: 0 } as const
    close(turn, row, result, 'Its matrix has no combination.')
    return true
  }
  expand(turn, row, step, combinations)
  return true
}

function expand(turn: Turn, row: StepRow, step: Step, combinations: readonly Combination[]): void {
  const rows = combinations.map((combination, index): StepRow => ({
    ...newStep(step, row.place + index),
    id: `${step.id}[${index}]`,
    combination,
  }))
  turn.steps.splice(turn.steps.indexOf(row), 1, ...rows)
  turn.plan.changed.delete(row)
  turn.plan.removed.add(row)
  for (const added of rows) turn.plan.added.add(added)
}

function offerCombination(turn: Turn, row: StepRow, step: Step): boolean {
  if (turn.run.stop !== null) {
    drop(turn, row, 'The run was stopped.')
    return true
  }
  const most = step.matrix?.max_parallel ?? Infinity
  const busy = turn.steps.filter(
    ({ step: id, state }) => id === row.step && (state === 'queued' || state === 'running'),
  )
  if (busy.length < most) enqueue(turn, row, 0)
  return false
}

function finish({ run, steps, plan, model, chance }: Turn): void {
  if (hasEnded(run)) return
  const end = endOf(model, resultsOf(steps), run.stop ?? undefined)
  if (end !== undefined) {
    run.state = end
    run.endedAt = chance.now
    run.reason ??= end === 'failed' ? failureOf(steps) : null
    return
  }
  if (isHeld(run)) return
  const asks = steps.filter(({ state }) => state === 'approval')
  const isBusy = steps.some(({ state }) => state === 'queued' || state === 'running') || plan.abort.length > 0
  run.state = asks.length > 0 && !isBusy ? 'waiting' : 'running'
  if (run.stop === null)
    run.reason =
      run.state === 'waiting' ? `${asks.map(({ id }) => id).join(', ')} waits for an approval.` : null
}

function failureOf(steps: readonly StepRow[]): string | null {
  const failed = steps.find(({ result }) => result?.conclusion === 'failure')
  return failed === undefined ? null : `${failed.id} failed: ${failed.result?.error?.message ?? ''}`
}
