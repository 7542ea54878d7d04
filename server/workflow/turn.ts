// One turn of a worker: a transaction that settles what ended, lets runs go on, and claims what this worker can take.
// What it returns is to be done after the commit; it never starts a step itself.
//
// When nothing waits in the queue a turn is two round trips: BEGIN with the locks, and what changed with the COMMIT.
import { randomUUID } from 'node:crypto'
import { Fault } from '#dsl/fault.ts'
import type { Log } from '#server/log.ts'
import { advance } from './advance.ts'
import { CHANNELS } from './channels.ts'
import type { Query, Statement } from './database.ts'
import { changesOf, holdRuns, remember, saveChanges } from './held-runs.ts'
import type { Held, KnownRuns } from './held-runs.ts'
import { PRIORITY } from './queue.ts'
import type { Adding, Claim, Claims, NewJob, StepQueue } from './queue.ts'
import { recoveredJob, takeFrom } from './recover.ts'
import type { TurnDatabase } from './turn-database.ts'
import { hasEnded } from './run-state.ts'
import type { RunRow, StepRow } from './run-state.ts'
import { callOf, queueOf } from './step-call.ts'
import type { StepCall, StepEnd, StepRunner } from './step-runner.ts'

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
  /** Queues of this worker that may hold something. */
  readonly look: ReadonlySet<string>
  /** Workers that are gone, whose steps this one takes over. */
  readonly dead: readonly string[]
  readonly free: number
}

export interface TurnParts {
  readonly db: TurnDatabase
  readonly queue: StepQueue
  readonly runner: Pick<StepRunner, 'queueOf'>
  readonly worker: string
  readonly queues: readonly string[]
  /** What this worker remembers of runs; a turn that fails forgets them. */
  readonly known: KnownRuns
  /** Deaths of workers after which a step is blamed for them. */
  readonly deathsMax: number
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
  /** Queues of this worker that may hold more. */
  readonly left: Set<string>
  /** When a run, or the queue (``), is to be looked at again, in milliseconds since 1970. */
  readonly times: { readonly at: number; readonly run: string }[]
}

/** All or nothing: when it rejects, nothing of `work` has happened. */
export async function takeTurn(parts: TurnParts, work: Work): Promise<TurnResult> {
  const ids = new Set([...work.finished, ...work.begun].map(({ run }) => run))
  for (const run of work.dirty) ids.add(run)
  try {
    const turn = await parts.db.transact(async (on) => {
      for (const run of await bury(on, work.dead)) ids.add(run)
      const { claims, left } = await look(parts, on, work)
      for (const { run } of claims) ids.add(run)
      const [, held] = await Promise.all([
        // Before it locks runs: whoever buries it does so in this order, too.
        prove(on, parts.worker),
        holdRuns(on, parts.known, [...ids]),
        // From now on the row says who runs the step.
        eachQueue(claims, (name, own) => parts.queue.remove(on, name, own)),
      ])
      const result = { ...emptyResult(), left: new Set(left) }
      const turn: Turn = { ...parts, on, work, result, held, gone: [], waiting: [], ready: 0 }
      for (const one of held) {
        const orphans = work.dead.flatMap((worker) => takeFrom(one, worker, true, parts.deathsMax))
        goOn(turn, one)
        resume(turn, one, orphans)
      }
      for (const claim of claims) begin(turn, claim)
      takeOwn(turn, work.free - claims.length)
      await eachQueue(turn.gone, (name, own) => parts.queue.drop(on, name, own))
      const adding = enqueue(turn)
      const added = adding === undefined ? [] : [adding.done]
      await adding?.sent
      const changes = changesOf(held)
      for (const { id } of changes.runs) result.changed.add(id)
      return { result: turn, last: [...added, ...saveChanges(on, changes), ...tell(turn)] }
    })
    remember(parts.known, turn.held)
    return turn.result
  } catch (error) {
    for (const run of ids) parts.known.delete(run)
    throw error
  }
}

function emptyResult(): TurnResult {
  return { started: [], abort: [], changed: new Set(), ended: [], left: new Set(), times: [] }
}

/** The runs of whose steps these workers took. Before anything is locked: a turn that one of them still takes is waited for. */
async function bury(on: Query, workers: readonly string[]): Promise<string[]> {
  if (workers.length === 0) return []
  const [, rows] = await Promise.all([
    on`delete from workers where id = any(${workers as string[]}::text[])`,
    on<{ run: string }[]>`select distinct run_id as run from run_steps
      where worker = any(${workers as string[]}::text[])`,
  ])
  return rows.map(({ run }) => run)
}

/** Takes what waits; a queue in which nothing is expected is not asked. */
async function look({ queue, queues }: TurnParts, on: Query, work: Work): Promise<Claims> {
  const wanted = queues.filter((name) => work.look.has(name))
  if (work.free === 0 || wanted.length === 0) return { claims: [], left: wanted }
  return queue.claim(on, wanted, work.free)
}

/** A worker that was taken for dead takes no turns: what it would claim nobody would ever take over. */
async function prove(on: Query, worker: string): Promise<void> {
  const rows = await on`select 1 from workers where id = ${worker} for key share`
  if (rows.length === 0) throw new Fault('conflict', `Worker ${worker} is taken for dead; it joins anew.`)
}

interface Turn extends TurnParts {
  readonly on: Query
  readonly work: Work
  readonly result: TurnResult
  readonly held: readonly Held[]
  /** Jobs whose steps need them no more, and the queue of each. */
  readonly gone: { readonly id: string; readonly queue: string }[]
  /** Steps that are due and have no job yet. */
  waiting: Waiting[]
  /** Jobs that others can take at once. */
  ready: number
}

interface Waiting {
  readonly held: Held
  readonly row: StepRow
  readonly job: NewJob
}

function goOn(turn: Turn, held: Held): void {
  const { run, steps } = held
  const { work, result } = turn
  if (hasEnded(run)) return
  const queued = steps.filter(({ state }) => state === 'queued').map((row) => ({ row, job: row.job }))
  keepInputs(turn, held)
  const settled = work.finished.filter((one) => one.run === run.id && isMine(turn, steps, one))
  const priority = run.startedAt === null ? PRIORITY.fresh : PRIORITY.begun
  const plan = advance(run, steps, settled, { now: new Date(), random: Math.random })
  for (const { row, job } of queued)
    if (job !== null && row.job === null) turn.gone.push({ id: job, queue: queueOf(turn.runner, held, row) })
  for (const { row, delayMs } of plan.queue) {
    const job = { run: run.id, instance: row.id, queue: queueOf(turn.runner, held, row), delayMs, priority }
    turn.waiting.push({ held, row, job })
  }
  for (const row of plan.abort) endElsewhere(turn, run.id, row)
  for (const row of plan.changed) held.changed.add(row)
  for (const row of plan.added) held.added.add(row)
  for (const row of plan.removed) held.removed.add(row)
  if (hasEnded(run)) result.ended.push(run)
  remind(turn, run, steps)
}

/** What a worker that is gone left goes on, before all else. */
function resume(turn: Turn, held: Held, orphans: readonly StepRow[]): void {
  for (const row of orphans)
    if (row.state === 'queued') turn.waiting.push({ held, row, job: recoveredJob(turn.runner, held, row) })
}

/** What steps were given, of those that still run here. */
function keepInputs({ work, worker }: Turn, { run, steps, changed }: Held): void {
  for (const { run: of, instance, input } of work.begun) {
    const row = of === run.id && steps.find((one) => one.id === instance)
    if (!row || row.worker !== worker) continue
    row.input = { ...input }
    changed.add(row)
  }
}

/** A worker that was taken for dead, or whose step was ended meanwhile, comes too late. */
function isMine({ worker, log }: Turn, steps: readonly StepRow[], { run, instance, job }: Finished): boolean {
  const row = steps.find(({ id }) => id === instance)
  const mine = row?.state === 'running' && row.worker === worker && row.job === job
  if (!mine) log.warn({ run, instance, worker }, 'a late result was refused')
  return mine
}

/** What becomes due while nothing else waits need not go through the queue: it is taken as it is made. */
function takeOwn(turn: Turn, free: number): void {
  const { queues, result } = turn
  const takes = ({ job: { queue, delayMs } }: Waiting) =>
    delayMs === 0 && queues.includes(queue) && !result.left.has(queue)
  const taken = turn.waiting
    .filter(takes)
    .sort((a, b) => b.job.priority - a.job.priority)
    .slice(0, free)
  for (const { row, job } of taken) {
    row.job = randomUUID()
    begin(turn, { id: row.job, ...job })
  }
  turn.waiting = turn.waiting.filter((one) => !taken.includes(one))
}

async function eachQueue(
  jobs: readonly { readonly id: string; readonly queue: string }[],
  act: (queue: string, ids: readonly string[]) => Promise<void>,
): Promise<void> {
  const named = Map.groupBy(jobs, (job) => job.queue)
  await Promise.all(
    [...named].map(([name, own]) =>
      act(
        name,
        own.map(({ id }) => id),
      ),
    ),
  )
}

function enqueue(turn: Turn): Adding | undefined {
  const { queue, on, queues, waiting, result } = turn
  if (waiting.length === 0) return undefined
  const adding = queue.add(
    on,
    waiting.map(({ job }) => job),
  )
  waiting.forEach(({ row, job: { queue: name, delayMs } }, index) => {
    row.job = adding.ids[index] ?? null
    if (delayMs > 0) return void result.times.push({ at: Date.now() + delayMs, run: '' })
    if (queues.includes(name)) result.left.add(name)
    turn.ready += 1
  })
  return adding
}

function endElsewhere({ worker, result }: Turn, run: string, row: StepRow): void {
  result.abort.push({ run, instance: row.worker === worker ? row.id : `${row.id}\n${row.worker ?? ''}` })
}

function remind({ result }: Turn, run: RunRow, steps: readonly StepRow[]): void {
  if (hasEnded(run)) return
  if (run.deadline !== null && run.stop === null)
    result.times.push({ at: run.deadline.getTime(), run: run.id })
  for (const { state, due } of steps)
    if (state === 'approval' && due !== null) result.times.push({ at: due.getTime(), run: run.id })
}

/** A job that its step does not know is one that the step needs no more. */
function begin({ held: all, worker, result }: Turn, { id, run, instance }: Claim): void {
  const held = all.find((one) => one.run.id === run)
  const row = held?.steps.find((one) => one.id === instance)
  if (!held?.model.has(row?.step ?? '') || row?.state !== 'queued' || row.job !== id) return
  row.state = 'running'
  row.worker = worker
  row.attempts += 1
  row.reason = null
  row.startedAt ??= new Date()
  held.changed.add(row)
  const call = callOf(held, row)
  if (call) result.started.push({ job: id, call })
}

/** NOTIFY takes a lock of the whole instance at commit, so that one is sent for all. */
function tell({ on, ready, result, worker }: Turn): Statement[] {
  const away = result.abort.filter(({ instance }) => instance.includes('\n'))
  const said = [
    ...(ready > 0 ? [[CHANNELS.work, worker]] : []),
    ...(result.changed.size > 0 ? [[CHANNELS.run, [worker, ...result.changed].join(' ')]] : []),
    ...away.map(({ run, instance }) => [CHANNELS.abort, JSON.stringify([run, ...instance.split('\n')])]),
  ]
  if (said.length === 0) return []
  return [
    on`select pg_notify(word->>0, word->>1) from json_array_elements(${JSON.stringify(said)}::json) as word`,
  ]
}
