// How soon the steps of a worker that is killed run again where another one lives, and what is lost or done twice while
// Postgres is killed too. Steps take 20–125 ms and leave one effect each; events and records are written as always.
import { setTimeout as wait } from 'node:timers/promises'
import type { Sql } from 'postgres'
import { CATALOG } from '#dsl/catalog.ts'
import { loadWorkflow } from '#dsl/workflow/parse.ts'
import { stepKinds } from '#dsl/workflow/step-kind.ts'
import { startStagedPostgres } from '#e2e/stage/worker.ts'
import { openStore } from '#server/store/store.ts'
import { ensureOwner } from '#server/store/users.ts'
import { beginRun } from '#server/workflow/begin-run.ts'
import { openDatabase } from '#server/workflow/database.ts'
import { openCrew } from './crew.ts'
import type { Crew, CrewWorker } from './crew.ts'
import { percentiles } from './figures.ts'
import type { Figure } from './figures.ts'

const KILLS = 20
/** Begun on a worker when it comes; each has one step running at a time. */
const RUNS = 6
/** Steps that a worker runs when it is killed, at the least. */
const BUSY = 3
/** Milliseconds between two kills of Postgres. */
const APART_MS = [5000, 7500, 10_000, 5000, 7500, 10_000]
/** Milliseconds that a new worker gets before one is killed: starting is work, too. */
const SETTLE_MS = 1000
const END_MS = 60_000

const chain = (length: number) =>
  Array.from({ length }, (_, n) => {
    const needs = n === 0 ? '' : `, needs: [s${n - 1}]`
    return `  - { id: s${n}, uses: exec, with: { cmd: "true" }${needs} }\n`
  }).join('')
const textOf = (length: number) => `name: bench\non: manual\nsteps:\n${chain(length)}`

export async function orphans(): Promise<Figure[]> {
  const postgres = await startStagedPostgres()
  const store = await openStore(postgres)
  await ensureOwner(store)
  await store.close()
  const sql = openDatabase(postgres.url, 1)
  await sql`create table effects (key text primary key, deliveries int not null default 1)`
  const crew = openCrew(postgres.url)
  try {
    const quiet = await whileWorkersDie(crew, sql)
    const outages = await whilePostgresDies(crew, sql, () => postgres.kill())
    return [...quiet, ...outages]
  } finally {
    crew.close()
    await sql.end()
    await postgres.stop()
  }
}

/** One of two is killed, the other takes over, and only then another one comes. */
async function whileWorkersDie(crew: Crew, sql: Sql): Promise<Figure[]> {
  const text = textOf(60)
  const firsts: number[] = []
  const times: number[] = []
  await give(sql, await crew.hire(), text)
  for (let kill = 0; kill < KILLS; kill++) {
    await give(sql, await crew.hire(), text)
    await wait(SETTLE_MS)
    const waits = await crew.kill(await crew.busy(BUSY))
    firsts.push(Math.min(...waits))
    times.push(...waits)
  }
  const wrong = await wrongs(sql)
  const { p50, p99 } = percentiles(times)
  const first = percentiles(firsts).p50
  console.log(
    `  ${times.length} orphans of ${KILLS} workers: first ${first.toFixed(0)} ms, p50 ${p50.toFixed(0)} ms`,
  )
  const goal = '≤ 200'
  return [
    { name: 'orphans run again, p50', value: p50, unit: 'ms', goal, met: p50 <= 200 },
    { name: 'orphans run again, p99', value: p99, unit: 'ms', goal, met: p99 <= 200 },
    { name: 'steps lost or committed twice', value: wrong, unit: '', goal: '0', met: wrong === 0 },
  ]
}

async function whilePostgresDies(crew: Crew, sql: Sql, kill: () => Promise<void>): Promise<Figure[]> {
  const text = textOf(300)
  const times: number[] = []
  for (const apart of APART_MS) {
    await give(sql, await crew.hire(), text)
    await wait(apart)
    await kill()
    times.push(await crew.next())
    await crew.kill(await crew.busy(BUSY))
  }
  await crew.hire()
  const wrong = await wrongs(sql)
  const longest = Math.max(...times)
  console.log(`  after Postgres a step began within ${longest.toFixed(0)} ms`)
  const name = 'the same, Postgres killed each 5–10 s'
  return [{ name, value: wrong, unit: '', goal: '0', met: wrong === 0 }]
}

async function give(sql: Sql, worker: CrewWorker, source: string): Promise<void> {
  const workflow = loadWorkflow(source, stepKinds(CATALOG))
  for (let n = 0; n < RUNS; n++) {
    const spec = { owner: 'owner', plan: 'libre', workflow, source, file: 'w.yaml', inputs: {} }
    const { run } = await beginRun(sql, { ...spec, trigger: 'manual' })
    worker.wake(run.id)
  }
}

/** Once every run has ended: steps that did not succeed, ended other than once, or had no effect. */
async function wrongs(sql: Sql): Promise<number> {
  const until = Date.now() + END_MS
  while ((await sql`select 1 from runs where ended_at is null limit 1`).length > 0) {
    if (Date.now() > until) throw new Error(`Runs go on after ${END_MS} ms.`)
    await wait(50)
  }
  const rows = await sql`
    select 1 from run_steps where state <> 'success'
      or not exists (select from effects where key = concat_ws('/', run_id, id, attempts))
      or 1 <> (select count(*) from run_events where run_id = run_steps.run_id and event->>'type' = 'step'
        and event->'step'->>'id' = run_steps.id and event->'step'->>'endedAt' is not null)`
  return rows.length
}
