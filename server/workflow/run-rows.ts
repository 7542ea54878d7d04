// Reads and writes the rows of runs inside a turn. It never decides; every function runs on the connection it is handed.
import type { PendingQuery, Row } from 'postgres'
import type { RunEvent } from '#dsl/powers/runs.ts'
import type { CheckKey } from '#server/store/checks.ts'
import type { Query, Statement } from './database.ts'
import { jsonText } from './json-text.ts'
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
  ...['startedAt', 'endedAt', 'delivery', 'event'],
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
/** Of a run: what turns change. */
const HEAD_COLUMNS = [
  'state',
  'reason',
  'stop',
  'cost',
  'events',
  'deadline',
  'startedAt',
  'endedAt',
] as const

const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
/** The fields of rows by the names of their columns. */
const FIELDS = new Map([...RUN_COLUMNS, ...STEP_COLUMNS].map((name) => [snake(name), name as string]))
const COLUMNS = new Map([...FIELDS].map(([column, field]) => [field, column]))

function fromRow<T>(row: Columns): T {
  const fields: Columns = {}
  for (const [column, value] of Object.entries(row)) fields[FIELDS.get(column) ?? column] = value
  return { ...fields, cost: Number(fields['cost']) } as T
}

function pick(values: object, names: readonly string[]): Columns {
  const row: Columns = {}
  for (const name of names) row[COLUMNS.get(name) ?? name] = (values as Columns)[name]
  return row
}

/** The run, locked until the turn ends; undefined when there is none. */
export async function lockRun(sql: Query, id: string): Promise<RunRow | undefined> {
  const [row] = await sql`select * from runs where id = ${id} for update`
  return row && fromRow<RunRow>(row)
}

/** What of a run changes after it has begun. */
export type RunHead = Pick<RunRow, 'id' | (typeof HEAD_COLUMNS)[number]>

/** Locks the runs until the turn ends, in one order for all, so that two turns do not wait for each other. */
export async function lockRuns(sql: Query, ids: readonly string[]): Promise<RunHead[]> {
  if (ids.length === 0) return []
  const rows = await sql`select id, state, reason, stop, cost, events, deadline, started_at, ended_at
    from runs where id = any(${ids as string[]}::text[]) order by id for update`
  return rows.map((row) => fromRow<RunHead>(row))
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
  return (await readStepsOf(sql, [run])).map(({ row }) => row)
}

/** The steps of each run in the order of its file. */
export async function readStepsOf(sql: Query, runs: readonly string[]): Promise<StepOf[]> {
  const rows =
    await sql`select * from run_steps where run_id = any(${runs as string[]}::text[]) order by place, id`
  return rows.map(({ run_id: run, ...row }) => ({ run: String(run), row: fromRow<StepRow>(row) }))
}

/** A step that waits for a person, with what of its run says which it is. */
export type AskingRow = StepRow & Pick<RunRow, 'number' | 'workflow' | 'model'> & { readonly runId: string }

/** Of runs that have not ended, the oldest first; at most 100. */
export async function readAsking(sql: Query, owner: string): Promise<AskingRow[]> {
  const rows = await sql`select run_steps.*, runs.number, runs.workflow, runs.model
    from runs join run_steps on run_steps.run_id = runs.id and run_steps.state = 'approval'
    where runs.owner_id = ${owner} and runs.ended_at is null
    order by runs.created_at, run_steps.place, run_steps.id limit 100`
  return rows.map(({ run_id: runId, ...row }) => ({
    ...fromRow<Omit<AskingRow, 'runId'>>(row),
    runId: String(runId),
  }))
}

export function addRuns(sql: Query, runs: readonly RunRow[]): Statement {
  const rows = runs.map((run) => pick(run, RUN_COLUMNS))
  return sql`insert into runs select * from json_populate_recordset(null::runs, ${jsonText(rows)}::json)`
}

export function saveRuns(sql: Query, runs: readonly RunRow[]): Statement | undefined {
  if (runs.length === 0) return undefined
  const rows = runs.map((run) => pick(run, ['id', ...HEAD_COLUMNS]))
  return sql`update runs set state = x.state, reason = x.reason, stop = x.stop, cost = x.cost, events = x.events,
    deadline = x.deadline, started_at = x.started_at, ended_at = x.ended_at
    from json_to_recordset(${jsonText(rows)}::json) as x (id text, state text, reason text, stop text,
      cost numeric, events int, deadline timestamptz, started_at timestamptz, ended_at timestamptz)
    where runs.id = x.id`
}

/** A step and the run that it is of. */
export interface StepOf {
  readonly run: string
  readonly row: StepRow
}

/** Commits on GitHub that are to hear how runs go. */
export function addChecks(sql: Query, checks: readonly CheckKey[]): Statement | undefined {
  if (checks.length === 0) return undefined
  return sql`insert into checks (run_id, repo, sha) select run, repo, sha
    from json_to_recordset(${jsonText(checks)}::json) as x (run text, repo text, sha text)`
}

export function addSteps(sql: Query, steps: readonly StepOf[]): Statement | undefined {
  if (steps.length === 0) return undefined
  const rows = steps.map(({ run, row }) => ({ run_id: run, ...pick(row, STEP_COLUMNS) }))
  return sql`insert into run_steps select * from json_populate_recordset(null::run_steps, ${jsonText(rows)}::json)`
}

export function saveSteps(sql: Query, steps: readonly StepOf[]): Statement | undefined {
  if (steps.length === 0) return undefined
  const rows = steps.map(({ run, row }) => ({ run_id: run, ...pick(row, STEP_COLUMNS) }))
  return sql`update run_steps set state = x.state, reason = x.reason, attempts = x.attempts, deaths = x.deaths,
      job = x.job, worker = x.worker, due = x.due, approved = x.approved, input = x.input, result = x.result,
      cost = x.cost, started_at = x.started_at, ended_at = x.ended_at
    from json_to_recordset(${jsonText(rows)}::json) as x (run_id text, id text, state text, reason text,
      attempts int, deaths int, job text, worker text, due timestamptz, approved bool, input jsonb, result jsonb,
      cost numeric, started_at timestamptz, ended_at timestamptz)
    where run_steps.run_id = x.run_id and run_steps.id = x.id`
}

export function removeSteps(sql: Query, steps: readonly StepOf[]): Statement | undefined {
  if (steps.length === 0) return undefined
  const rows = steps.map(({ run, row }) => ({ run_id: run, id: row.id }))
  return sql`delete from run_steps using json_to_recordset(${jsonText(rows)}::json) as x (run_id text, id text)
    where run_steps.run_id = x.run_id and run_steps.id = x.id`
}

/** An event and the run that it is of, under a cursor of its own. */
export interface EventOf {
  readonly run: string
  readonly event: RunEvent
}

/** Counts on from the run's cursor, which the caller saves. */
export function numbered(run: RunRow, events: readonly NewEvent[], at: Date): EventOf[] {
  return events.map((event) => {
    run.events += 1
    return { run: run.id, event: { ...event, cursor: run.events, at: at.toISOString() } }
  })
}

export function addEvents(sql: Query, events: readonly EventOf[]): Statement | undefined {
  if (events.length === 0) return undefined
  return sql`insert into run_events (run_id, cursor, event) select run, (event->>'cursor')::int, event
    from json_to_recordset(${jsonText(events)}::json) as x (run text, event jsonb)`
}

/** At most 500, in order. */
export async function readEvents(sql: Query, run: string, after: number): Promise<RunEvent[]> {
  const rows = await sql<{ event: RunEvent }[]>`select event from run_events
    where run_id = ${run} and cursor > ${after} order by cursor limit 500`
  return rows.map(({ event }) => event)
}
