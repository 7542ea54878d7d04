// How fast the workflow engine hands steps on, beside the least that a durable hand-off takes in the same database. Steps
// do nothing; events, results and records are written as always.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Sql } from 'postgres'
import { CATALOG } from '#dsl/catalog.ts'
import { loadWorkflow } from '#dsl/workflow/parse.ts'
import { stepKinds } from '#dsl/workflow/step-kind.ts'
import { startPostgres } from '#server/store/embedded.ts'
import { openStore } from '#server/store/store.ts'
import { ensureOwner } from '#server/store/users.ts'
import { startEngine } from '#server/workflow/engine.ts'
import type { Engine } from '#server/workflow/engine.ts'
import { startRun } from '#server/workflow/runs.ts'
import { testRunner } from '#server/workflow/test-runner.ts'
import { percentiles } from './figures.ts'
import type { Figure } from './figures.ts'

const CHAIN = 100
const RUNS = 100

export async function workflow(): Promise<Figure[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'chispart-bench-'))
  const postgres = await startPostgres({ dataDir, log: () => undefined })
  const store = await openStore(postgres)
  await ensureOwner(store)
  const begins: number[] = []
  const plain = testRunner()
  const runner: typeof plain = {
    ...plain,
    run: (call, signal, started) => (begins.push(performance.now()), plain.run(call, signal, started)),
  }
  const log = pino({ level: 'warn' })
  const engine = await startEngine({ url: postgres.url, runner, queues: ['shell'], kinds: ['shell'], log })
  await finish(engine, [await begin(engine, 10)])
  const floor = await floorOf(engine.sql)
  begins.length = 0
  await finish(engine, [await begin(engine, CHAIN)])
  const handOff = percentiles(begins.slice(1).map((at, index) => at - (begins[index] ?? at))).p50
  const began = performance.now()
  await finish(engine, await Promise.all(Array.from({ length: RUNS }, () => begin(engine, 5))))
  const rate = RUNS / ((performance.now() - began) / 1000)
  console.log(`  hand-off ${handOff.toFixed(2)} ms, floor ${floor.toFixed(2)} ms, ${rate.toFixed(0)} runs/s`)
  await engine.close()
  await store.close()
  await postgres.stop()
  await rm(dataDir, { recursive: true })
  const value = handOff / floor
  return [{ name: 'hand-off p50, ours / floor', value, unit: '×', goal: '≤ 5', met: value <= 5 }]
}

async function begin(engine: Engine, length: number): Promise<string> {
  const steps = Array.from({ length }, (_, n) => `  - { id: s${n}, uses: exec, with: { cmd: "true" } }\n`)
  const source = `name: bench\non: manual\nsteps:\n${steps.join('')}`
  const spec = {
    owner: 'owner',
    plan: 'libre',
    source,
    file: 'w.yaml',
    inputs: {},
    trigger: 'manual',
  } as const
  return (await startRun(engine, { ...spec, workflow: loadWorkflow(source, stepKinds(CATALOG)) })).id
}

/** Until all have ended, by what the engine tells of each. */
async function finish(engine: Engine, runs: readonly string[]): Promise<void> {
  const heard = Promise.withResolvers<void>()
  const look = async () => {
    const [row] =
      await engine.sql`select count(*)::int as left from runs where id in ${engine.sql(runs)} and ended_at is null`
    if (row?.['left'] === 0) heard.resolve()
  }
  const deaf = engine.watch(() => void look().catch(heard.reject))
  await look()
  await heard.promise
  deaf()
}

/** Milliseconds of a committed UPDATE … RETURNING until its NOTIFY is heard, p50. */
async function floorOf(sql: Sql): Promise<number> {
  await sql`create table floor (id int primary key, n int not null)`
  await sql`insert into floor values (1, 0)`
  let heard: (() => void) | undefined
  const { unlisten } = await sql.listen('floor', () => heard?.())
  const times: number[] = []
  for (let round = 0; round < 300; round++) {
    const began = performance.now()
    const told = new Promise<void>((resolve) => (heard = resolve))
    await sql`with one as (update floor set n = n + 1 where id = 1 returning n) select pg_notify('floor', n::text) from one`
    await told
    times.push(performance.now() - began)
  }
  await unlisten()
  return percentiles(times).p50
}
