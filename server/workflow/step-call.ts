// What a worker is told of a step that it is to run, and the queue in which the step waits for one. It changes nothing.
import type { Scope } from '#dsl/workflow/expression/ast.ts'
import { stepsContext } from '#dsl/workflow/result.ts'
import type { Held } from './held-runs.ts'
import { resultsOf, scopeOf } from './run-state.ts'
import type { RunRow, StepRow } from './run-state.ts'
import type { RunFacts, StepCall, StepRunner } from './step-runner.ts'

/** A step that only asks uses nothing; once it is approved any worker may close it. */
const APPROVALS = 'shell'

export function queueOf(
  runner: Pick<StepRunner, 'queueOf'>,
  { model }: Pick<Held, 'model'>,
  row: StepRow,
): string {
  const uses = model.get(row.step)?.uses
  return uses === undefined ? APPROVALS : runner.queueOf(uses)
}

/** Undefined when its workflow has no such step. */
export function callOf(held: Held, row: StepRow): StepCall | undefined {
  const { run, model } = held
  const step = model.get(row.step)
  if (!step) return undefined
  return {
    run: factsOf(run),
    step,
    instance: row.id,
    attempt: row.attempts,
    scope: scopeAt(held, row),
    key: `${run.id}/${row.id}/${row.attempts}`,
    ...(row.combination && { combination: row.combination }),
  }
}

export function factsOf({
  id,
  ownerId,
  plan,
  model,
  home,
  repo,
  branch,
  workflow,
  number,
}: RunRow): RunFacts {
  return {
    id,
    owner: ownerId,
    plan,
    number,
    name: workflow,
    workflow: model,
    ...(home !== null && { home }),
    ...(repo !== null && { repo }),
    ...(branch !== null && { branch }),
  }
}

function scopeAt({ run, steps }: Held, row: StepRow): Scope {
  const scope = scopeOf(run)
  const matrix = (row.combination ?? {}) as Scope['names']
  return { ...scope, names: { ...scope.names, matrix, steps: stepsContext(resultsOf(steps)) } }
}
