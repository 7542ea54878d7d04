// The tables of runs: what the engine knows of every run, step, event and worker. pg-boss holds only jobs that are due.
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  index,
  integer,
  json,
  jsonb,
  numeric,
  primaryKey,
  snakeCase,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import type { RunEvent, RunInfo, RunState, StepState } from '#dsl/powers/runs.ts'
import type { Value } from '#dsl/workflow/expression/value.ts'
import type { Workflow } from '#dsl/workflow/model.ts'
import type { StepResult } from '#dsl/workflow/result.ts'
import { users } from './tables.ts'

const at = () => timestamp({ withTimezone: true })
const money = () => numeric({ precision: 14, scale: 6 }).notNull().default('0')

export const runs = snakeCase.table(
  'runs',
  {
    id: text().primaryKey(),
    ownerId: text()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    plan: text().notNull(),
    number: integer().notNull(),
    workflow: text().notNull(),
    state: text().$type<RunState>().notNull(),
    reason: text(),
    trigger: text().$type<RunInfo['trigger']>().notNull(),
    repo: text(),
    branch: text(),
    retryOf: text(),
    /** The run whose workspace it works in; its own when null. */
    home: text(),
    /** The file as it was given, its name, and what was read from it: `json` keeps its order, `jsonb` does not. */
    source: text().notNull(),
    file: text().notNull(),
    model: json().$type<Workflow>().notNull(),
    inputs: jsonb().$type<Record<string, unknown>>().notNull(),
    /** What the webhook that began it said: `github.event`. */
    event: json().$type<Value>(),
    /** What ends it from outside, once something does. */
    stop: text().$type<'cancelled' | 'timed_out' | 'over_budget'>(),
    /** Runs of one key do not overlap. */
    groupKey: text(),
    /** The delivery of a webhook that began it: a workflow begins once for each. */
    delivery: text(),
    cost: money(),
    /** Events so far: the cursor of the last one. */
    events: integer().notNull().default(0),
    deadline: at(),
    createdAt: at().notNull().defaultNow(),
    startedAt: at(),
    endedAt: at(),
    /** Since when nothing of it is left to clean up. */
    settledAt: at(),
  },
  (table) => [
    index().on(table.ownerId, table.createdAt),
    index().on(table.ownerId, table.groupKey),
    index().on(table.ownerId, table.workflow, table.number),
    index().on(table.settledAt),
    uniqueIndex('runs_delivery_idx').on(table.ownerId, table.workflow, table.delivery),
    index('runs_open_idx')
      .on(table.ownerId)
      .where(sql`${table.endedAt} is null`),
  ],
)

export const runSteps = snakeCase.table(
  'run_steps',
  {
    runId: text()
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    id: text().notNull(),
    /** Place in the file, then in the matrix. */
    place: integer().notNull(),
    step: text().notNull(),
    combination: json().$type<Record<string, unknown>>(),
    state: text().$type<StepState>().notNull(),
    reason: text(),
    attempts: integer().notNull().default(0),
    /** How often a worker died with it. */
    deaths: integer().notNull().default(0),
    /** Its job in the queue, while it has one. */
    job: text(),
    /** The worker that runs it. */
    worker: text(),
    /** A person has said yes. */
    approved: boolean().notNull().default(false),
    /** When an approval runs out. */
    due: at(),
    input: jsonb().$type<Record<string, unknown>>(),
    result: jsonb().$type<StepResult>(),
    cost: money(),
    startedAt: at(),
    endedAt: at(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.id] }), index().on(table.worker)],
)

/** What a call of a step may cost at most, while its attempt runs: of a run's budget it is not there for others. */
export const runReservations = snakeCase.table(
  'run_reservations',
  {
    runId: text()
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    instance: text().notNull(),
    attempt: integer().notNull(),
    amount: money(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.instance] })],
)

export const runEvents = snakeCase.table(
  'run_events',
  {
    runId: text()
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    cursor: integer().notNull(),
    event: jsonb().$type<RunEvent>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.cursor] })],
)

/** Processes that run steps; each holds the advisory lock of its key while it lives. */
export const workers = snakeCase.table('workers', {
  id: text().primaryKey(),
  key: bigint({ mode: 'number' }).notNull(),
  queues: text().array().notNull(),
  startedAt: at().notNull().defaultNow(),
})
