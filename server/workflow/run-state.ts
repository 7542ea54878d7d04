// A run as the engine holds it during a turn: its row and its steps, plain and mutable. It knows no database.
import type { RunEvent, RunInfo, RunState, StepInfo, StepState } from '#dsl/powers/runs.ts'
import type { Combination } from '#dsl/workflow/matrix.ts'
import { combinationName } from '#dsl/workflow/matrix.ts'
import type { Stop } from '#dsl/workflow/decide.ts'
import type { Step, Workflow } from '#dsl/workflow/model.ts'
import { joined } from '#dsl/workflow/result.ts'
import type { StepResult } from '#dsl/workflow/result.ts'
import type { Scope } from '#dsl/workflow/expression/ast.ts'
import type { Value } from '#dsl/workflow/expression/value.ts'
import { NAMES } from '#dsl/workflow/names.ts'
import { parseTemplate, renderText } from '#dsl/workflow/template.ts'

export interface RunRow {
  id: string
  ownerId: string
  plan: string
  number: number
  workflow: string
  state: RunState
  reason: string | null
  trigger: RunInfo['trigger']
  repo: string | null
  branch: string | null
  retryOf: string | null
  home: string | null
  source: string
  file: string
  model: Workflow
  inputs: Record<string, unknown>
  event: Value | null
  stop: Stop | null
  groupKey: string | null
  delivery: string | null
  cost: number
  events: number
  deadline: Date | null
  createdAt: Date
  startedAt: Date | null
  endedAt: Date | null
}

export interface StepRow {
  id: string
  place: number
  step: string
  combination: Combination | null
  state: StepState
  reason: string | null
  attempts: number
  deaths: number
  job: string | null
  worker: string | null
  /** A person has said yes: it need not be asked again. */
  approved: boolean
  due: Date | null
  input: Record<string, unknown> | null
  result: StepResult | null
  cost: number
  startedAt: Date | null
  endedAt: Date | null
}

const TERMINAL: readonly RunState[] = ['succeeded', 'failed', 'cancelled', 'timed_out', 'over_budget']

export function hasEnded({ state }: Pick<RunRow, 'state'>): boolean {
  return TERMINAL.includes(state)
}

export function newStep(step: Step, place: number): StepRow {
  return {
    id: step.id,
    place,
    step: step.id,
    combination: null,
    state: 'pending',
    reason: null,
    attempts: 0,
    deaths: 0,
    job: null,
    worker: null,
    approved: false,
    due: null,
    input: null,
    result: null,
    cost: 0,
    startedAt: null,
    endedAt: null,
  }
}

/** The result of every step whose instances have all ended. */
export function resultsOf(steps: readonly StepRow[]): ReadonlyMap<string, StepResult> {
  const instances = new Map<string, StepRow[]>()
  for (const row of steps) {
    const known = instances.get(row.step)
    if (known) known.push(row)
    else instances.set(row.step, [row])
  }
  const results = new Map<string, StepResult>()
  for (const [id, rows] of instances) {
    const ended = rows.flatMap(({ result }) => (result === null ? [] : [result]))
    if (ended.length < rows.length) continue
    const [only] = ended
    results.set(id, rows.length === 1 && rows[0]?.combination === null && only ? only : joined(ended))
  }
  return results
}

/** Every root but `steps`, `matrix` and `secrets`. */
export function scopeOf(run: RunRow): Scope {
  const context = {
    run_id: run.id,
    run_number: run.number,
    workflow: run.workflow,
    actor: run.ownerId,
    event: run.trigger,
    repository: run.repo ?? '',
    branch: run.branch ?? '',
  }
  const github = run.event === null ? {} : { event: run.event }
  const names = { context, github, inputs: run.inputs as Scope['names'], matrix: {} }
  const env = Object.entries(run.model.env).map(
    ([name, text]) => [name, renderText(parseTemplate(text, NAMES.workflow), { names })] as const,
  )
  return { names: { ...names, env: Object.fromEntries(env) } }
}

export function runInfo(run: RunRow, workspace?: string): RunInfo {
  return {
    id: run.id,
    number: run.number,
    workflow: run.workflow,
    state: run.state,
    trigger: run.trigger,
    costUsd: run.cost,
    createdAt: run.createdAt.toISOString(),
    ...given({
      reason: run.reason,
      repo: run.repo,
      branch: run.branch,
      workspace,
      retryOf: run.retryOf,
      startedAt: run.startedAt?.toISOString(),
      endedAt: run.endedAt?.toISOString(),
    }),
  }
}

export function stepInfo(row: StepRow, step: Step): StepInfo {
  const { result } = row
  return {
    id: row.id,
    step: row.step,
    name: step.name,
    state: row.state,
    attempts: row.attempts,
    costUsd: row.cost,
    ...given({
      uses: step.uses,
      reason: row.reason,
      combination: row.combination === null ? undefined : combinationName(row.combination),
      input: row.input,
      output: result?.output,
      outputs: result?.outputs,
      error: result?.error,
      conclusion: result?.conclusion,
      startedAt: row.startedAt?.toISOString(),
      endedAt: row.endedAt?.toISOString(),
    }),
  }
}

/** Without the fields that have no value. */
function given<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], null | undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], null | undefined> }
}

export type NewEvent = RunEvent extends infer E
  ? E extends RunEvent
    ? Omit<E, 'cursor' | 'at'>
    : never
  : never
