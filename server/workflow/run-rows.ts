// Reads and writes the rows of runs inside a turn. It never decides; every function runs on the connection it is handed.
import type { PendingQuery, Row } from 'postgres'
import type { RunEvent } from '#dsl/powers/runs.ts'
import type { Query } from './database.ts'
import type { NewEvent, RunRow, StepRow } from './run-state.ts'

type Columns = Record<string, unknown>

const RUN_COLUMNS = [
  ...[
    'id',
    'ownerId',
    'plan',
    'number',
    'workflow',
    'state',
    'reason',
    'trigger',
    'repo',
    'branch',
    'retryOf',
    'home',
  ],
  ...['source', 'file', 'model', 'inputs', 'stop', 'groupKey', 'cost', 'events', 'deadline', 'createdAt'],
  ...['startedAt', 'endedAt'],
] as const
const STEP_COLUMNS = [
  ...[
    'id',
    'place',
    'step',
    'combination',
    'state',
    'reason',
    'attempts',
    'deaths',
    'job',
    'worker',
    'due',
    'approved',
  ],
  ...['input', 'result', 'cost', 'startedAt', 'endedAt'],
] as const
const JSON_COLUMNS = new Set(['model', 'inputs', 'combination', 'input', 'result'])

const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const camel = (name: string) => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

function fromRow<T>(row: Columns): T {
  const entries = Object.entries(row).map(([name, value]) => [camel(name), value] as const)
  const fields = Object.fromEntries(entries)
  return { ...fields, cost: Number(fields['cost']) } as T
}

function toRow(values: object, columns: readonly string[]): Columns {
  const fields = values as Columns
  const entries = columns.map((name) => {
    const value = fields[name]
    return [snake(name), JSON_COLUMNS.has(name) && value !== null ? JSON.stringify(value) : value] as const
  })
  return Object.fromEntries(entries)
}

/** The run, locked until the turn ends; undefined when there is none. */
export async function lockRun(sql: Query, id: string): Promise<RunRow | undefined> {
  const [row] = await sql`select * from runs where id = ${id} for update`
  return row && fromRow<RunRow>(row)
}

export async function readRun(sql: Query, id: string): Promise<RunRow | undefined> {
  const [row] = await sql`select * from runs where id = ${id}`
  return row && fromRow<RunRow>(row)
}

export async function readRuns(sql: Query, where: PendingQuery<Row[]>): Promise<RunRow[]> {
  const rows = await sql`select * from runs where ${where}`
  return rows.map((row) => fromRow<RunRow>(row))
}

/** In the order of the file. */
export async function readSteps(sql: Query, run: string): Promise<StepRow[]> {
  const rows = await sql`select * from run_steps where run_id = ${run} order by place, id`
  return rows.map((row) => fromRow<StepRow>(row))
}

/** A step that waits for a person, with what of its run says which it is. */
export type AskingRow = StepRow & Pick<RunRow, 'number' | 'workflow' | 'model'> & { readonly runId: string }

/** Of runs that have not ended, the oldest first; at most 100. */
export async function readAsking(sql: Query, owner: string): Promise<AskingRow[]> {
  const rows = await sql`select run_steps.*, runs.number, runs.workflow, runs.model
    from runs join run_steps on run_steps.run_id = runs.id and run_steps.state = 'approval'
    where runs.owner_id = ${owner} and runs.ended_at is null
    order by runs.created_at, run_steps.place, run_steps.id limit 100`
  return rows.map((row) => fromRow<AskingRow>(row))
}

export async function addRun(sql: Query, run: RunRow): Promise<void> {
  await sql`insert into runs ${sql(toRow(run, RUN_COLUMNS) as never)}`
}

export async function saveRun(sql: Query, run: RunRow): Promise<void> {
  const { id, state, reason, stop, cost, events, deadline, startedAt, endedAt } = run
  await sql`update runs set state = ${state}, reason = ${reason}, stop = ${stop}, cost = ${cost}, events = ${events},
    deadline = ${deadline}, started_at = ${startedAt}, ended_at = ${endedAt} where id = ${id}`
}

export async function addSteps(sql: Query, run: string, steps: readonly StepRow[]): Promise<void> {
  if (steps.length === 0) return
  const rows = steps.map((step) => ({ run_id: run, ...toRow(step, STEP_COLUMNS) }))
  await sql`insert into run_steps ${sql(rows as never)}`
}

export async function saveSteps(sql: Query, run: string, steps: Iterable<StepRow>): Promise<void> {
  const save = async (step: StepRow) => {
    const { id, state, reason, attempts, deaths, job, worker, due, approved, cost, startedAt, endedAt } = step
    const { input, result } = toRow(step, ['input', 'result'])
    await sql`update run_steps set state = ${state}, reason = ${reason}, attempts = ${attempts}, deaths = ${deaths},
      job = ${job}, worker = ${worker}, due = ${due}, approved = ${approved}, cost = ${cost}, started_at = ${startedAt}, ended_at = ${endedAt},
      input = ${input as string}, result = ${result as string} where run_id = ${run} and id = ${id}`
  }
  await Promise.all([...steps].map(save))
}

export async function removeSteps(sql: Query, run: string, steps: Iterable<StepRow>): Promise<void> {
  for (const { id } of steps) await sql`delete from run_steps where run_id = ${run} and id = ${id}`
}

/** Counts on from the run's cursor, which the caller saves. */
export async function addEvents(
  sql: Query,
  run: RunRow,
  events: readonly NewEvent[],
  at: Date,
): Promise<void> {
  if (events.length === 0) return
  const rows = events.map((event) => {
    run.events += 1
    const whole = { ...event, cursor: run.events, at: at.toISOString() }
    return { run_id: run.id, cursor: run.events, event: JSON.stringify(whole) }
  })
  await sql`insert into run_events ${sql(rows as never)}`
}

/** At most 500, in order. */
export async function readEvents(sql: Query, run: string, after: number): Promise<RunEvent[]> {
  const rows = await sql<{ event: RunEvent }[]>`select event from run_events
    where run_id = ${run} and cursor > ${after} order by cursor limit 500`
  return rows.map(({ event }) => event)
}
