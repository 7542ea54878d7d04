// Queries over checks: which commits are to hear of their runs, and what they heard. It never asks GitHub.
import type { RunState } from '#dsl/powers/runs.ts'
import type { Store } from './store.ts'

export interface CheckKey {
  readonly run: string
  /** Address of the repository. */
  readonly repo: string
  readonly sha: string
}

/** A check that may be told something, with its run as it stands. */
export interface CheckRow extends CheckKey {
  readonly told: string | null
  readonly trying: string | null
  readonly tries: number
  readonly owner: string
  readonly plan: string
  readonly workflow: string
  readonly number: number
  readonly state: RunState
  readonly hasBegun: boolean
  /** How long it took, once it has ended. */
  readonly seconds: number | null
  /** Steps that ask a person, and steps that failed, as a sentence lists them. */
  readonly asks: string | null
  readonly failed: string | null
  /** A later run of the workflow speaks for the same commit. */
  readonly isOutdated: boolean
}

/** Those that are due; of these runs only when some are named. */
export async function dueChecks({ db }: Store, runs?: readonly string[]): Promise<CheckRow[]> {
  const sql = db.$client
  const of =
    runs === undefined
      ? sql``
      : sql`and own.run_id in (select json_array_elements_text(${JSON.stringify(runs)}::text::json))`
  return sql<CheckRow[]>`
    select own.run_id as run, own.repo, own.sha, own.told, own.trying, own.tries, runs.owner_id as owner, runs.plan,
      runs.workflow, runs.number, runs.state, runs.started_at is not null as "hasBegun",
      extract(epoch from runs.ended_at - runs.started_at)::float8 as seconds,
      steps.asks, steps.failed, exists (select from checks join runs as later on later.id = checks.run_id
        where checks.repo = own.repo and checks.sha = own.sha and later.owner_id = runs.owner_id
          and later.workflow = runs.workflow and later.number > runs.number) as "isOutdated"
    from checks as own join runs on runs.id = own.run_id, lateral (
      select string_agg(id, ', ' order by place, id) filter (where state = 'approval') as asks,
        string_agg(id, ', ' order by place, id) filter (where result ->> 'conclusion' = 'failure') as failed
      from run_steps where run_id = own.run_id) as steps
    where not own.done and own.due <= now() ${of} order by own.due`
}

/** Nobody else tells it for so long. False when there is such a check already. */
export async function addCheck({ db }: Store, { run, repo, sha }: CheckKey, ms: number): Promise<boolean> {
  const rows = await db.$client`insert into checks (run_id, repo, sha, due)
    values (${run}, ${repo}, ${sha}, now() + make_interval(secs => ${ms / 1000})) on conflict do nothing returning 1`
  return rows.length > 0
}

/** Nobody else tells it for so long. False when somebody does, or has told it something since it was read. */
export async function claimCheck(
  { db }: Store,
  { run, repo, sha, told }: CheckKey & Pick<CheckRow, 'told'>,
  ms: number,
): Promise<boolean> {
  const rows = await db.$client`update checks set due = now() + make_interval(secs => ${ms / 1000})
    where run_id = ${run} and repo = ${repo} and sha = ${sha} and not done and due <= now()
      and told is not distinct from ${told}::text returning 1`
  return rows.length > 0
}

export async function checkTold(
  { db }: Store,
  { run, repo, sha }: CheckKey,
  { told, done }: { told: string | null; done: boolean },
): Promise<void> {
  await db.$client`update checks set told = ${told}::text, done = ${done}, trying = null, tries = 0, due = now()
    where run_id = ${run} and repo = ${repo} and sha = ${sha}`
}

/** It is due again after so long. */
export async function putOffCheck(
  { db }: Store,
  { run, repo, sha }: CheckKey,
  { trying, tries, ms }: { trying: string | null; tries: number; ms: number },
): Promise<void> {
  await db.$client`update checks set trying = ${trying}::text, tries = ${tries},
      due = now() + make_interval(secs => ${ms / 1000})
    where run_id = ${run} and repo = ${repo} and sha = ${sha}`
}
