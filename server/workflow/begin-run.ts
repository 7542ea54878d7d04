// Makes runs: the rows, the steps and the first events of each, in one transaction. It runs nothing; the engine is woken after it.
import { randomBytes } from 'node:crypto'
import type { Sql } from 'postgres'
import { Fault } from '#dsl/fault.ts'
import type { Plans } from '#dsl/policy/quota.ts'
import type { RunInfo } from '#dsl/powers/runs.ts'
import { graphOf } from '#dsl/workflow/graph.ts'
import { readInputs } from '#dsl/workflow/inputs.ts'
import type { Value } from '#dsl/workflow/expression/value.ts'
import type { Workflow } from '#dsl/workflow/model.ts'
import { groupOf } from '#dsl/workflow/trigger.ts'
import type { CheckKey } from '#server/store/checks.ts'
import { transact } from './database.ts'
import type { Query } from './database.ts'
import { modelOf } from './advance.ts'
import { addChecks, addEvents, addRuns, addSteps, numbered } from './run-rows.ts'
import { OWNER_LOCK, standingsOf, takeSlot } from './run-quota.ts'
import { newStep, runInfo, scopeOf, stepInfo } from './run-state.ts'
import type { NewEvent, RunRow, StepRow } from './run-state.ts'

export interface NewRun {
  readonly owner: string
  readonly plan: string
  readonly workflow: Workflow
  readonly source: string
  readonly file: string
  readonly inputs: Readonly<Record<string, unknown>>
  readonly trigger: RunInfo['trigger']
  readonly repo?: string | undefined
  readonly branch?: string | undefined
  /** Of `repo`: the commit on GitHub that hears how it goes. */
  readonly commit?: string | undefined
  /** What the webhook that begins it said. */
  readonly event?: Value | undefined
  /** Of the webhook that begins it: a second run of the workflow for the same one is refused by the database. */
  readonly delivery?: string | undefined
  readonly retryOf?: string
  /** The run whose workspace it goes on in. */
  readonly home?: string
  /** Steps of the first run that are kept, by instance. */
  readonly kept?: readonly StepRow[]
}

export interface Begun {
  readonly run: RunInfo
  /** Runs of its concurrency group that are to end for it. */
  readonly cancelled: readonly string[]
}

/**
 * A run past what its owner's plan runs at once is written and waits. Faults: invalid (an input, the concurrency group),
 * conflict (another run works in that workspace), exhausted (the month's minutes or dollars), denied (no such plan).
 */
export async function beginRun(sql: Sql, spec: NewRun, plans?: Plans): Promise<Begun> {
  const [begun] = await beginRuns(sql, [spec], plans)
  if (!begun) throw new Fault('internal', 'The run did not begin.')
  return begun
}

/**
 * All of them or none. Without plans nothing is counted. Of several at most one may have a concurrency group or another run's workspace: their locks have no
 * order. Faults: as of `beginRun`.
 */
export async function beginRuns(sql: Sql, specs: readonly NewRun[], plans?: Plans): Promise<Begun[]> {
  const inputs = specs.map(({ workflow, inputs: given }) => readInputs(workflow, given))
  return transact(sql, async (on) => {
    const next = await numbersOf(on, specs)
    const owners = [...new Set(specs.map(({ owner }) => owner))]
    const standings = plans && (await standingsOf(on, plans, owners))
    const rows: { run: RunRow; steps: StepRow[]; cancelled: string[] }[] = []
    for (const [index, spec] of specs.entries()) {
      if (spec.home !== undefined) await moveInto(on, spec.home)
      const run = newRun(spec, inputs[index] ?? {}, next(spec))
      const group = groupOf(spec.workflow, scopeOf(run))
      run.groupKey = group?.key ?? null
      const cancelled = group === undefined ? [] : await takeTurnIn(on, run, group)
      takeSlot(run, standings?.get(spec.owner))
      rows.push({ run, steps: stepsOf(spec), cancelled })
    }
    const events = rows.flatMap(({ run, steps }) => numbered(run, firstNews(run, steps), run.createdAt))
    const runs = rows.map(({ run }) => run)
    const steps = rows.flatMap(({ run, steps: own }) => own.map((row) => ({ run: run.id, row })))
    // One behind the other without waiting: the connection keeps their order.
    await Promise.all([
      addRuns(on, runs),
      addSteps(on, steps),
      addEvents(on, events),
      addChecks(on, checksOf(runs, specs)),
    ])
    return rows.map(({ run, cancelled }) => ({ run: runInfo(run), cancelled }))
  })
}

function checksOf(runs: readonly RunRow[], specs: readonly NewRun[]): CheckKey[] {
  return runs.flatMap(({ id: run, repo }, index) => {
    const sha = specs[index]?.commit
    return repo === null || sha === undefined ? [] : [{ run, repo, sha }]
  })
}

/**
 * Numbers of runs count per workflow of a person; nobody else counts on until this transaction ends, nor begins or releases
 * a run of the same person.
 */
async function numbersOf(on: Query, specs: readonly NewRun[]): Promise<(spec: NewRun) => number> {
  const keyOf = ({ owner, workflow }: NewRun) => `${owner}/${workflow.name}`
  const named = new Map(specs.map((spec) => [keyOf(spec), spec]))
  const all = [...named.values()]
  // One order for all, so that two do not wait for each other.
  const owners = [...new Set(all.map(({ owner }) => owner))].sort()
  const [, , rows] = await Promise.all([
    on`select pg_advisory_xact_lock(hashtextextended(key, 1)) from unnest(${[...named.keys()].sort()}::text[]) as key`,
    on`select pg_advisory_xact_lock(hashtextextended(key, ${OWNER_LOCK})) from unnest(${owners}::text[]) as key`,
    on<{ owner: string; workflow: string; last: number }[]>`select owner, workflow,
        (select max(number) from runs where owner_id = owner and runs.workflow = x.workflow) as last
      from unnest(${all.map(({ owner }) => owner)}::text[], ${all.map(({ workflow }) => workflow.name)}::text[])
        as x (owner, workflow)`,
  ])
  const last = new Map(rows.map((row) => [`${row.owner}/${row.workflow}`, row.last]))
  return (spec) => {
    const number = (last.get(keyOf(spec)) ?? 0) + 1
    last.set(keyOf(spec), number)
    return number
  }
}

function firstNews(run: RunRow, steps: readonly StepRow[]): NewEvent[] {
  const model = modelOf(run)
  const told = steps.flatMap((row) => {
    const step = model.get(row.step)
    return step ? [{ type: 'step' as const, step: stepInfo(row, step) }] : []
  })
  return [{ type: 'run', run: runInfo(run) }, ...told]
}

/** Two runs at once in one workspace would write over each other. */
async function moveInto(on: Query, home: string): Promise<void> {
  await on`select pg_advisory_xact_lock(hashtextextended(${home}, 2))`
  const [busy] = await on<{ workflow: string; number: number }[]>`select workflow, number from runs
    where (id = ${home} or home = ${home}) and ended_at is null limit 1`
  if (busy)
    throw new Fault(
      'conflict',
      `${busy.workflow} #${busy.number} works in that workspace. Wait for it, or cancel it first.`,
    )
}

function newRun(spec: NewRun, inputs: Record<string, unknown>, number: number): RunRow {
  return {
    id: `r${randomBytes(8).toString('hex')}`,
    ownerId: spec.owner,
    plan: spec.plan,
    number,
    workflow: spec.workflow.name,
    state: 'queued',
    reason: null,
    trigger: spec.trigger,
    repo: spec.repo ?? null,
    branch: spec.branch ?? null,
    retryOf: spec.retryOf ?? null,
    home: spec.home ?? null,
    source: spec.source,
    file: spec.file,
    model: spec.workflow,
    inputs,
    event: spec.event ?? null,
    stop: null,
    groupKey: null,
    delivery: spec.delivery ?? null,
    cost: 0,
    events: 0,
    deadline: null,
    createdAt: new Date(),
    startedAt: null,
    endedAt: null,
  }
}

function stepsOf({ workflow, kept = [] }: NewRun): StepRow[] {
  return workflow.steps.flatMap((step, index) => {
    const place = index * 1000
    const old = kept.filter((row) => row.step === step.id)
    if (old.length === 0) return [newStep(step, place)]
    return old.map((row) => ({ ...row, cost: 0, job: null, worker: null }))
  })
}

/**
 * One run of a group at a time: the new one waits, or the others end for it. As on GitHub, a run that waits gives way to
 * newer ones when more wait than the group lets.
 */
async function takeTurnIn(
  on: Query,
  run: RunRow,
  group: { key: string; cancel_in_progress: boolean; queue: number },
): Promise<string[]> {
  await on`select pg_advisory_xact_lock(hashtextextended(${`${run.ownerId}/${group.key}`}, 0))`
  const others = await on<
    { id: string; waits: boolean }[]
  >`select id, (state = 'waiting' and started_at is null) as waits
    from runs where owner_id = ${run.ownerId} and group_key = ${group.key} and ended_at is null and stop is null
    order by created_at`
  const busy = await on`select 1 from runs
    where owner_id = ${run.ownerId} and group_key = ${group.key} and ended_at is null limit 1`
  if (busy.length === 0) return []
  run.state = 'waiting'
  run.reason = `Another run of ${group.key} is not over yet.`
  if (group.cancel_in_progress) return others.map(({ id }) => id)
  const waiting = others.filter(({ waits }) => waits).map(({ id }) => id)
  return waiting.slice(0, Math.max(0, waiting.length + 1 - group.queue))
}

/** The steps that a repeat keeps: all before `from`, or all that succeeded. Their results are those of the first run. */
export function keptSteps(
  workflow: Workflow,
  rows: readonly StepRow[],
  how: { from?: string | undefined; failed?: boolean | undefined },
): StepRow[] {
  if (how.from === undefined && how.failed !== true) return []
  const redone = how.from === undefined ? undefined : afterward(workflow, how.from)
  const ids = new Set(workflow.steps.map(({ id }) => id))
  const whole = (step: string) =>
    rows.filter((row) => row.step === step).every(({ result }) => result?.conclusion === 'success')
  return rows.filter(({ step }) => ids.has(step) && whole(step) && redone?.has(step) !== true)
}

/** A step and all that wait for it, however far. */
function afterward({ steps }: Workflow, from: string): Set<string> {
  const graph = graphOf(steps)
  const found = new Set([from])
  let grew = true
  while (grew) {
    grew = false
    for (const [id, needs] of graph) {
      if (found.has(id) || !needs.some((need) => found.has(need))) continue
      found.add(id)
      grew = true
    }
  }
  return found
}
