// Tells runs what was decided about their sandboxes' requests to the network: each different decision is one event of the
// run that is at work there. It decides nothing, and never keeps whoever asked waiting.
import { EGRESS_TOLD_MAX } from '#dsl/powers/runs.ts'
import type { EgressDecision } from '#dsl/powers/runs.ts'
import type { Decision } from '#server/egress/visit.ts'
import type { Log } from '#server/log.ts'
import { despiteOutage } from '#server/store/despite-outage.ts'
import type { Store } from '#server/store/store.ts'
import type { Query } from './database.ts'
import { isOfRun } from './steps/run-workspace.ts'
import { CHANNELS } from './channels.ts'

export interface RunEgress {
  /** Returns at once. */
  decided(workspace: string, decision: Decision): void
  /** Resolves when all that was decided is told, or the database stays away. */
  close(): Promise<void>
}

/** How long news waits for a database that is away. */
const OUTAGE_MS = 120_000
/** How long a server that stops waits for it. */
const CLOSE_MS = 3000

export function createRunEgress(store: Store, log: Log): RunEgress {
  /** One at a time in a workspace: the second of two equal ones then finds the first. */
  const turns = new Map<string, Promise<void>>()
  const closing = new AbortController()

  async function write(workspace: string, decision: Decision): Promise<void> {
    const tell = () => tellRun(store, workspace, decision)
    await despiteOutage(OUTAGE_MS, closing.signal, tell).catch((error: unknown) =>
      log.error({ err: error, workspace }, 'a run was not told what was decided about its network'),
    )
  }

  return {
    decided(workspace, decision) {
      if (!isOfRun(workspace)) return
      const turn = (turns.get(workspace) ?? Promise.resolve()).then(() => write(workspace, decision))
      turns.set(workspace, turn)
      void turn.then(() => turns.get(workspace) === turn && turns.delete(workspace))
    },
    async close() {
      const late = setTimeout(() => closing.abort(), CLOSE_MS)
      await Promise.all(turns.values())
      clearTimeout(late)
    },
  }
}

/**
 * One statement: the event takes the run's next cursor under the lock of its row, as those of a turn do. Nothing is
 * written when no run is at work there, when it was told the same of the same steps, or when it was
 * told very much already.
 * The id of the workspace is that of `workspaceId` (steps/run-workspace).
 */
async function tellRun({ db }: Store, workspace: string, decision: Decision): Promise<void> {
  const text = JSON.stringify(decision)
  await db.$client`
    with asked as (
      select runs.id, ${text}::text::jsonb || jsonb_build_object('steps', coalesce(
        (select jsonb_agg(run_steps.id order by place) from run_steps
          where run_id = runs.id and run_steps.state = 'running'), '[]')) as egress
      from runs
      where ended_at is null
        and 'r' || left(encode(sha256(convert_to(coalesce(home, id), 'UTF8')), 'hex'), 24) = ${workspace}
        and (select count(*) from run_events where run_id = runs.id
          and event ->> 'type' = 'egress') < ${EGRESS_TOLD_MAX}
      limit 1
    ), moved as (
      update runs set events = events + 1 from asked
      where runs.id = asked.id and ended_at is null and not exists (
        select from run_events where run_id = asked.id and event -> 'egress' @> egress)
      returning runs.id, runs.events as cursor, egress
    ), told as (
      insert into run_events (run_id, cursor, event)
      select id, cursor, jsonb_build_object(
        'type', 'egress', 'cursor', cursor, 'at', ${new Date().toISOString()}::text, 'egress', egress)
      from moved returning run_id
    )
    select pg_notify(${CHANNELS.run}, ' ' || run_id) from told`
}

/** All that a run was told, in order. */
export async function readRunEgress(sql: Query, run: string): Promise<EgressDecision[]> {
  const rows = await sql<{ egress: EgressDecision }[]>`select event -> 'egress' as egress from run_events
    where run_id = ${run} and event ->> 'type' = 'egress' order by cursor`
  return rows.map(({ egress }) => egress)
}
