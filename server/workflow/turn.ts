// One turn of a worker: a transaction that settles what ended, lets runs go on, and claims what this worker can take.
// What it returns is to be done after the commit; it never starts a step itself.
import type { Sql } from 'postgres'
import { Fault } from '#dsl/fault.ts'
import type { Scope } from '#dsl/workflow/expression/ast.ts'
import { stepsContext } from '#dsl/workflow/result.ts'
import type { Log } from '#server/log.ts'
import { transact } from './database.ts'
import { advance, modelOf } from './advance.ts'
import type { Query } from './database.ts'
import type { Claim, StepQueue } from './queue.ts'
import { addEvents, addSteps, lockRun, readSteps, removeSteps, saveRun, saveSteps } from './run-rows.ts'
import { hasEnded, resultsOf, runInfo, scopeOf, stepInfo } from './run-state.ts'
import type { NewEvent, RunRow, StepRow } from './run-state.ts'
import type { RunFacts, StepCall, StepEnd, StepRunner } from './step-runner.ts'

/** Channels of LISTEN: there is work; these runs changed; this instance of a run is to end. */
export const CHANNELS = { work: 'chispart_work', run: 'chispart_run', abort: 'chispart_abort' } as const
const PRIORITY = { begun: 1, fresh: 0 }

export interface Finished {
  readonly run: string
  readonly instance: string
  readonly job: string
  readonly end: StepEnd
}

export interface Begun {
  readonly run: string
  readonly instance: string
  readonly input: Readonly<Record<string, unknown>>
}

export interface Work {
  readonly finished: readonly Finished[]
  readonly begun: readonly Begun[]
  /** Runs to look at for any other reason. */
  readonly dirty: ReadonlySet<string>
  readonly free: number
}

export interface TurnParts {
  readonly sql: Sql
  readonly queue: StepQueue
  readonly runner: Pick<StepRunner, 'queueOf'>
  readonly worker: string
  readonly queues: readonly string[]
  readonly log: Log
}

export interface Started {
  readonly job: string
  readonly call: StepCall
}

export interface TurnResult {
  readonly started: Started[]
  /** Of this worker. */
  readonly abort: { readonly run: string; readonly instance: string }[]
  readonly changed: Set<string>
  readonly ended: RunRow[]
  /** When something is to be looked at again, in milliseconds since 1970. */
  readonly times: { readonly at: number; readonly run: string }[]
}

/** All or nothing: when it rejects, nothing of `work` has happened. */
export function takeTurn(parts: TurnParts, work: Work): Promise<TurnResult> {
  return transact(parts.sql, async (sql) => {
    await prove(sql, parts.worker)
    const result: TurnResult = { started: [], abort: [], changed: new Set(), ended: [], times: [] }
    const held = new Map<string, Held>()
    const turn: Turn = { ...parts, on: sql, work, result, held, ready: 0 }
    const runs = new Set([...work.finished, ...work.begun].map(({ run }) => run))
    // One order for all workers, so that two turns do not wait for each other.
    for (const run of [...new Set([...runs, ...work.dirty])].sort()) await goOn(turn, run)
    if (work.free > 0) await claim(turn)
    // One behind the other without waiting: the connection keeps their order.
    await Promise.all([...[...held.values()].map((each) => save(turn, each)), tell(turn)])
    return result
  }) as Promise<TurnResult>
}

/** A worker that was taken for dead takes no turns: what it would claim nobody would ever take over. */
async function prove(on: Query, worker: string): Promise<void> {
  const rows = await on`select 1 from workers where id = ${worker} for key share`
  if (rows.length === 0) throw new Fault('conflict', `Worker ${worker} is taken for dead; it joins anew.`)
}

interface Held {
  readonly run: RunRow
  readonly steps: StepRow[]
  readonly before: string
  readonly changed: Set<StepRow>
  readonly added: Set<StepRow>
}

interface Turn extends TurnParts {
  readonly on: Query
  readonly work: Work
  readonly result: TurnResult
  readonly held: Map<string, Held>
  /** Jobs that can be taken at once. */
  ready: number
}

const asText = (run: RunRow) => JSON.stringify(runInfo(run))

async function hold(turn: Turn, id: string): Promise<Held | undefined> {
  const known = turn.held.get(id)
  if (known) return known
  const run = await lockRun(turn.on, id)
  if (!run) return undefined
  const steps = await readSteps(turn.on, id)
  const held = { run, steps, before: asText(run), changed: new Set<StepRow>(), added: new Set<StepRow>() }
  turn.held.set(id, held)
  return held
}

async function goOn(turn: Turn, id: string): Promise<void> {
  const held = await hold(turn, id)
  if (!held || hasEnded(held.run)) return
  const { run, steps } = held
  const jobs = new Map(steps.map((row) => [row, { job: row.job, queue: queueOf(turn, run, row) }]))
  for (const { run: of, instance, input } of turn.work.begun) {
    const row = of === id && steps.find((one) => one.id === instance)
    if (!row || row.worker !== turn.worker) continue
    row.input = { ...input }
    held.changed.add(row)
  }
  const settled = turn.work.finished.filter((one) => one.run === id && isMine(turn, steps, one))
  const plan = advance(run, steps, settled, { now: new Date(), random: Math.random })
  for (const [row, { job, queue }] of jobs)
    if (job !== null && row.job === null) await turn.queue.remove(turn.on, queue, [job])
  await removeSteps(turn.on, id, plan.removed)
  await enqueue(turn, run, plan.queue)
  for (const row of plan.abort) endElsewhere(turn, id, row)
  for (const row of plan.changed) if (!plan.added.has(row)) held.changed.add(row)
  for (const row of plan.added) held.added.add(row)
  if (hasEnded(run)) turn.result.ended.push(run)
  remember(turn, run, steps)
}

/** A worker that was taken for dead, or whose step was ended meanwhile, comes too late. */
function isMine({ worker, log }: Turn, steps: readonly StepRow[], { run, instance, job }: Finished): boolean {
  const row = steps.find(({ id }) => id === instance)
  const mine = row?.state === 'running' && row.worker === worker && row.job === job
  if (!mine) log.warn({ run, instance, worker }, 'a late result was refused')
  return mine
}

function queueOf({ runner }: Turn, run: RunRow, row: StepRow): string {
  const uses = modelOf(run).get(row.step)?.uses
  return uses === undefined ? APPROVALS : runner.queueOf(uses)
}

/** A step that only asks uses nothing; once it is approved any worker may close it. */
export const APPROVALS = 'shell'

async function enqueue(
  turn: Turn,
  run: RunRow,
  queue: readonly { readonly row: StepRow; readonly delayMs: number }[],
): Promise<void> {
  if (queue.length === 0) return
  const priority = run.startedAt === null ? PRIORITY.fresh : PRIORITY.begun
  const jobs = queue.map(({ row, delayMs }) => ({
    run: run.id,
    instance: row.id,
    queue: queueOf(turn, run, row),
    delayMs,
    priority,
  }))
  const ids = await turn.queue.add(turn.on, jobs)
  queue.forEach(({ row, delayMs }, index) => {
    row.job = ids[index] ?? null
    if (delayMs > 0) turn.result.times.push({ at: Date.now() + delayMs, run: '' })
    else turn.ready += 1
  })
}

function endElsewhere({ worker, result }: Turn, run: string, row: StepRow): void {
  result.abort.push({ run, instance: row.worker === worker ? row.id : `${row.id}\n${row.worker ?? ''}` })
}

function remember({ result }: Turn, run: RunRow, steps: readonly StepRow[]): void {
  if (hasEnded(run)) return
  if (run.deadline !== null && run.stop === null)
    result.times.push({ at: run.deadline.getTime(), run: run.id })
  for (const { state, due } of steps)
    if (state === 'approval' && due !== null) result.times.push({ at: due.getTime(), run: run.id })
}

async function claim(turn: Turn): Promise<void> {
  const claims = await turn.queue.claim(turn.on, turn.queues, turn.work.free)
  const ordered = claims.toSorted((a, b) => (a.run < b.run ? -1 : 1))
  for (const one of ordered) await begin(turn, one)
  turn.ready -= claims.length
}

async function begin(turn: Turn, { id, run: of, instance }: Claim): Promise<void> {
  const held = await hold(turn, of)
  const row = held?.steps.find((one) => one.id === instance)
  if (!held || row?.state !== 'queued' || row.job !== id)
    return void (await Promise.all(turn.queues.map((queue) => turn.queue.remove(turn.on, queue, [id]))))
  const step = modelOf(held.run).get(row.step)
  if (!step) return
  row.state = 'running'
  row.worker = turn.worker
  row.attempts += 1
  row.reason = null
  row.startedAt ??= new Date()
  held.changed.add(row)
  const call = { run: factsOf(held.run), step, instance, attempt: row.attempts, scope: scopeAt(held, row) }
  const key = `${of}/${instance}/${row.attempts}`
  turn.result.started.push({
    job: id,
    call: { ...call, key, ...(row.combination && { combination: row.combination }) },
  })
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

async function save(turn: Turn, { run, steps, before, changed, added }: Held): Promise<void> {
  const model = modelOf(run)
  const events: NewEvent[] = []
  for (const row of steps) {
    const step = model.get(row.step)
    if (step && (changed.has(row) || added.has(row))) events.push({ type: 'step', step: stepInfo(row, step) })
  }
  const isChanged = asText(run) !== before
  if (isChanged) events.push({ type: 'run', run: runInfo(run) })
  if (events.length === 0) return
  turn.result.changed.add(run.id)
  const old = [...changed].filter((row) => !added.has(row))
  await Promise.all([
    addSteps(turn.on, run.id, [...added]),
    saveSteps(turn.on, run.id, old),
    addEvents(turn.on, run, events, new Date()),
    saveRun(turn.on, run),
  ])
}

/** NOTIFY takes a lock of the whole instance at commit, so that one is sent for all. */
async function tell({ on, ready, result, worker }: Turn): Promise<void> {
  const away = result.abort.filter(({ instance }) => instance.includes('\n'))
  const said = [
    ...(ready > 0 ? [[CHANNELS.work, worker]] : []),
    ...(result.changed.size > 0 ? [[CHANNELS.run, [...result.changed].join(' ')]] : []),
    ...away.map(({ run, instance }) => [CHANNELS.abort, JSON.stringify([run, ...instance.split('\n')])]),
  ]
  if (said.length === 0) return
  await on`select pg_notify(word->>0, word->>1) from json_array_elements(${JSON.stringify(said)}::json) as word`
}
