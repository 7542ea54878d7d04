// Whether a run may begin: how many of a person's run, and what of the month's minutes and dollars is used. It asks inside the
// transaction that writes the run, under the lock of its owner; it starts and ends none.
import type { Sql } from 'postgres'
import { overQuota, quotaOf } from '#dsl/policy/quota.ts'
import type { PlanQuota, Plans } from '#dsl/policy/quota.ts'
import { transact } from './database.ts'
import type { Query } from './database.ts'
import type { RunRow } from './run-state.ts'

/** Seed of the advisory lock under which a person's runs begin. */
export const OWNER_LOCK = 3
/** In which month something counts, by the clock of the database. */
const MONTH = `date_trunc('month', now(), 'UTC')`

/** A person's runs and their quota, while their lock is held. */
export interface Standing {
  readonly quota: PlanQuota
  /** Runs that have begun and not ended; those of this transaction are to be added. */
  active: number
}

/** Who has used up the month is refused. Faults: exhausted, denied (no such plan). */
export async function standingsOf(
  on: Query,
  plans: Plans,
  owners: readonly string[],
): Promise<ReadonlyMap<string, Standing>> {
  const rows = await on<{ id: string; plan: string; active: number }[]>`select id, plan,
      (select count(*)::int from runs where owner_id = users.id and ended_at is null
        and not (state = 'waiting' and started_at is null)) as active
    from users where id = any(${owners as string[]}::text[])`
  const standings = new Map<string, Standing>()
  for (const { id, plan, active } of rows) {
    const quota = quotaOf(plans, plan)
    await refuseUsedUp(on, id, quota)
    standings.set(id, { quota, active })
  }
  return standings
}

/** The run waits when as many run as may; one that waits for its group is counted when it begins. */
export function takeSlot(run: RunRow, standing: Standing | undefined): void {
  if (standing === undefined || run.state === 'waiting') return
  const { quota } = standing
  if (standing.active >= (quota.runs ?? Infinity)) {
    run.state = 'waiting'
    run.reason = waitsFor(quota)
    return
  }
  standing.active += 1
}

function waitsFor({ plan, runs = 0 }: PlanQuota): string {
  const many = runs === 1 ? '1 run' : `${runs} runs`
  return `The plan "${plan}" lets ${many} go on at a time. It begins when one ends.`
}

async function refuseUsedUp(on: Query, owner: string, quota: PlanQuota): Promise<void> {
  const { plan, runMinutesPerMonth: minutes, usdPerMonth: usd } = quota
  if (minutes !== undefined) {
    const used = await minutesUsed(on, owner)
    const said = `${used.toFixed(1)} of the ${minutes} minutes of runs that the plan "${plan}" has a month are used.`
    const remedy = 'Wait for the next month'
    if (used >= minutes)
      throw overQuota({ quota: 'runMinutesPerMonth', used, limit: minutes, plan, said, remedy })
  }
  if (usd !== undefined) {
    const used = await dollarsUsed(on, owner)
    const said = `$${used.toFixed(2)} of the $${usd.toFixed(2)} for language models that the plan "${plan}" has a month are spent.`
    if (used >= usd)
      throw overQuota({
        quota: 'usdPerMonth',
        used,
        limit: usd,
        plan,
        said,
        remedy: 'Wait for the next month',
      })
  }
}

/** Of steps, as they ran; what a repeat keeps of another run is that run's. */
async function minutesUsed(on: Query, owner: string): Promise<number> {
  const month = on.unsafe(MONTH)
  const [row] = await on<{ minutes: number }[]>`
    select coalesce(sum(extract(epoch from coalesce(step.ended_at, now()) - greatest(step.started_at, ${month}))), 0)::float8
      / 60 as minutes
    from runs join run_steps as step on step.run_id = runs.id
    where runs.owner_id = ${owner} and (runs.ended_at is null or runs.ended_at > ${month})
      and step.started_at >= runs.created_at and (step.ended_at is null or step.ended_at > ${month})`
  return row?.minutes ?? 0
}

export async function dollarsUsed(on: Query, owner: string): Promise<number> {
  const [row] = await on<{ usd: number }[]>`select coalesce(sum(amount), 0)::float8 as usd from llm_charges
    where owner_id = ${owner} and at >= ${on.unsafe(MONTH)}`
  return row?.usd ?? 0
}

interface OpenRun {
  readonly id: string
  readonly group: string | null
  readonly waits: boolean
}

/**
 * Lets runs that wait begin, the oldest first, as far as their concurrency groups and their owner's plan let; to be called
 * whenever a run of the owner has ended. Idempotent. Answers which.
 */
export async function release(
  sql: Sql,
  owner: string,
  group: string | null,
  plans: Plans | undefined,
): Promise<string[]> {
  if (plans === undefined && group === null) return []
  // Whoever counted the run that has ended among those that run has written by now.
  await sql`select pg_advisory_xact_lock(hashtextextended(${owner}, ${OWNER_LOCK}))`
  const waiting = await sql`select 1 from runs
    where owner_id = ${owner} and ended_at is null and state = 'waiting' and started_at is null limit 1`
  if (waiting.length === 0) return []
  return transact(sql, async (on) => {
    await on`select pg_advisory_xact_lock(hashtextextended(${owner}, ${OWNER_LOCK}))`
    const [user] = await on<{ plan: string }[]>`select plan from users where id = ${owner}`
    const runs = await on<OpenRun[]>`select id, group_key as group,
        (state = 'waiting' and started_at is null) as waits
      from runs where owner_id = ${owner} and ended_at is null order by created_at, id`
    const { next, full } = nextOf(runs, limitOf(plans, user?.plan ?? ''))
    await on`update runs set state = 'queued', reason = null where id = any(${next}::text[])`
    if (plans && full.length > 0)
      await on`update runs set reason = ${waitsFor(quotaOf(plans, user?.plan ?? ''))} where id = any(${full}::text[])`
    return next
  })
}

/** Of a plan that is no more nothing begins. */
function limitOf(plans: Plans | undefined, plan: string): number {
  if (plans === undefined) return Infinity
  return Object.hasOwn(plans, plan) ? (plans[plan]?.runs ?? Infinity) : 0
}

/** `full`: those that only the plan keeps waiting. */
function nextOf(runs: readonly OpenRun[], limit: number): { next: string[]; full: string[] } {
  const begun = runs.filter(({ waits }) => !waits)
  const busy = new Set(begun.flatMap(({ group }) => group ?? []))
  const next: string[] = []
  const full: string[] = []
  for (const { id, group, waits } of runs) {
    if (!waits || (group !== null && busy.has(group))) continue
    if (begun.length + next.length < limit) next.push(id)
    else full.push(id)
    if (group !== null) busy.add(group)
  }
  return { next, full }
}
