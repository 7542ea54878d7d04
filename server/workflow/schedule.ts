// The clock: stored workflows with `on: cron` begin runs at their time. What is due, and once for all servers, is pg-boss's
// to say; it never runs a step. Source: pg-boss 12, docs/api/scheduling.
import { createHash } from 'node:crypto'
import { PgBoss } from 'pg-boss'
import type { JobWithMetadata } from 'pg-boss'
import type { Sql } from 'postgres'
import { toFault } from '#dsl/fault.ts'
import { loadWorkflow } from '#dsl/workflow/parse.ts'
import type { StepKinds } from '#dsl/workflow/step-kind.ts'
import { triggered } from '#dsl/workflow/trigger.ts'
import type { Log } from '#server/log.ts'
import type { Store } from '#server/store/store.ts'
import { findUser } from '#server/store/users.ts'
import { findWorkflow, listTriggered } from '#server/store/workflows.ts'
import type { NewRun } from './begin-run.ts'
import { BOSS_QUIET, bossDatabase, openDatabase } from './database.ts'

export const CRON_QUEUE = 'cron'
/** A run that is due waits so long at most; its minute has passed then. */
const POLL_SECONDS = 5
/** Faults that are the same a minute later. */
const FOR_GOOD: ReadonlySet<string> = new Set(['invalid', 'exhausted', 'denied'])
const AGAIN = { retryLimit: 5, retryDelay: 10, retryBackoff: true }

export interface ScheduleParts {
  readonly url: string
  readonly store: Store
  readonly kinds: StepKinds
  /** Starts a run; `startRun` of the engine. */
  readonly begin: (spec: NewRun) => Promise<unknown>
  readonly log: Log
}

export interface Schedule {
  /** Brings the times in line with the stored workflows; to be called when one changed. Never rejects: the log has it. */
  sync(): Promise<void>
  close(): Promise<void>
}

/** One cron line of one stored workflow. */
export interface Due {
  readonly owner: string
  readonly workflow: string
  readonly cron: string
  readonly tz: string
}

/** A time that passed while no server ran begins one run, however many passed. */
export async function startSchedule(parts: ScheduleParts): Promise<Schedule> {
  const { store, url, log } = parts
  // pg-boss writes its own BEGIN and COMMIT, which need one connection.
  const sql = openDatabase(url, 1)
  const boss = new PgBoss({ ...BOSS_QUIET, db: bossDatabase(sql), schedule: true })
  boss.on('error', (error) => log.warn({ err: error }, 'the clock of workflows'))
  await boss.start()
  await boss.createQueue(CRON_QUEUE, AGAIN)

  async function bringInLine(): Promise<void> {
    const wanted = new Map(dueLines(await listTriggered(store, 'cron')).map((due) => [keyOf(due), due]))
    const known = new Set((await boss.getSchedules(CRON_QUEUE)).map(({ key }) => key))
    for (const [key, due] of wanted)
      if (!known.has(key)) await boss.schedule(CRON_QUEUE, due.cron, due, { tz: due.tz, key, missed: 'once' })
    for (const key of known) if (!wanted.has(key)) await boss.unschedule(CRON_QUEUE, key)
  }

  let last = Promise.resolve()
  const sync = () => {
    last = last
      .then(bringInLine)
      .catch((error: unknown) => log.error({ err: error }, 'the times of workflows are not in line'))
    return last
  }
  await sync()
  const options = { pollingIntervalSeconds: POLL_SECONDS, batchSize: 1, includeMetadata: true } as const
  await boss.work(CRON_QUEUE, options, async (jobs: JobWithMetadata<Due>[]) => {
    for (const job of jobs) await beginDue({ ...parts, sql }, job)
  })
  return {
    sync,
    async close() {
      await last
      await boss.stop({ graceful: true, timeout: 5000 })
      await sql.end({ timeout: 5 })
    },
  }
}

function dueLines(rows: Awaited<ReturnType<typeof listTriggered>>): Due[] {
  return rows.flatMap(({ ownerId, name, triggers }) =>
    triggers.flatMap((trigger) =>
      trigger.type === 'cron' ? [{ owner: ownerId, workflow: name, cron: trigger.cron, tz: trigger.tz }] : [],
    ),
  )
}

/** pg-boss takes letters, digits and a few signs. */
function keyOf({ owner, workflow, cron, tz }: Due): string {
  return createHash('sha256')
    .update(JSON.stringify([owner, workflow, cron, tz]))
    .digest('hex')
}

/**
 * What was removed or changed since then is not begun. What the file itself says wrong, or the owner's quota, is told to the
 * log, not tried again.
 */
export async function beginDue(
  { store, kinds, begin, log, sql }: ScheduleParts & { readonly sql: Sql },
  { data, retryCount, createdOn }: Pick<JobWithMetadata<Due>, 'data' | 'retryCount' | 'createdOn'>,
): Promise<void> {
  const { owner, workflow: name, cron, tz } = data
  const [row, user] = await Promise.all([findWorkflow(store, owner, name), findUser(store, owner)])
  if (!row || !user) return
  // The server may have died between beginning the run and saying so.
  if (retryCount > 0 && (await hasBegun(sql, data, createdOn))) return
  try {
    const file = `${name}.yaml`
    const workflow = loadWorkflow(row.text, kinds, file)
    if (!triggered(workflow, { type: 'cron', cron, tz })) return
    const spec = { owner, plan: user.plan, workflow, source: row.text, file, inputs: {} }
    await begin({ ...spec, trigger: 'cron' })
  } catch (error) {
    if (!FOR_GOOD.has(toFault(error).code)) throw error
    log.warn({ err: error, workflow: name, user: owner }, 'a workflow was due and could not begin')
  }
}

async function hasBegun(sql: Sql, { owner, workflow }: Due, since: Date): Promise<boolean> {
  const rows = await sql`select 1 from runs where owner_id = ${owner} and workflow = ${workflow}
    and trigger = 'cron' and created_at >= ${since} limit 1`
  return rows.length > 0
}
