// How fast the workflow engine hands steps on, beside the least that a durable hand-off takes in the same database, and
// beside a loop on the same queue that records nothing. Steps do nothing; events, results and records are written as always.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pino } from 'pino'
import type { Sql } from 'postgres'
import { CATALOG } from '#dsl/catalog.ts'
import { loadWorkflow } from '#dsl/workflow/parse.ts'
import { stepKinds } from '#dsl/workflow/step-kind.ts'
import { startPostgres } from '#server/store/embedded.ts'
import type { EmbeddedPostgres } from '#server/store/embedded.ts'
import { openStore } from '#server/store/store.ts'
import { ensureOwner } from '#server/store/users.ts'
import { openDatabase } from '#server/workflow/database.ts'
import { startEngine } from '#server/workflow/engine.ts'
import type { Engine } from '#server/workflow/engine.ts'
import { startRun } from '#server/workflow/runs.ts'
import { QUEUES } from '#server/workflow/steps/queue.ts'
import { testRunner } from '#server/workflow/test-runner.ts'
import { median, percentiles } from './figures.ts'
import type { Figure } from './figures.ts'
import { startRawLoop } from './raw-loop.ts'
import type { RawLoop, Shape } from './raw-loop.ts'

const ROUNDS = 5
const RUNS = 100
const IDLE_MS = 30_000
const KINDS = stepKinds(CATALOG)

const chain = (length: number): Shape => Array.from({ length }, (_, n) => (n === 0 ? [] : [n - 1]))
const fan = (width: number): Shape => [
  [],
  ...Array.from({ length: width }, () => [0]),
  Array.from({ length: width }, (_, n) => n + 1),
]

export async function workflow(): Promise<Figure[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'chispart-bench-'))
  const postgres = await startCounting(dataDir)
  const store = await openStore(postgres)
  await ensureOwner(store)
  await store.close()
  const begins: number[] = []
  const plain = testRunner()
  const runner: typeof plain = {
    ...plain,
    run: (call, signal, started) => (begins.push(performance.now()), plain.run(call, signal, started)),
  }
  const log = pino({ level: 'warn' })
  const engine = await startEngine({ url: postgres.url, runner, queues: QUEUES, kinds: QUEUES, log })
  await finish(engine, [await begin(engine, textOfChain(10))])
  // First of all: what follows leaves garbage, whose collection is not what idling costs.
  const resting = await idle(postgres.url)
  const raw = await startRawLoop(postgres.url)
  const figures = [await handOff(engine, begins), ...(await together(engine, raw)), ...resting]
  await raw.close()
  await engine.close()
  await postgres.stop()
  await rm(dataDir, { recursive: true })
  return figures
}

/** A Postgres that counts its statements, which only one that begins with it does. */
async function startCounting(dataDir: string): Promise<EmbeddedPostgres> {
  const first = await startPostgres({ dataDir, log: () => undefined })
  const sql = openDatabase(first.url, 1)
  await sql`alter system set shared_preload_libraries = 'pg_stat_statements'`
  await sql.end()
  await first.stop()
  const postgres = await startPostgres({ dataDir, log: () => undefined })
  const counting = openDatabase(postgres.url, 1)
  await counting`create extension pg_stat_statements`
  await counting.end()
  return postgres
}

async function handOff(engine: Engine, begins: number[]): Promise<Figure> {
  const floor = await floorOf(engine.sql)
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    begins.length = 0
    await finish(engine, [await begin(engine, textOfChain(100))])
    times.push(...begins.slice(1).map((at, index) => at - (begins[index] ?? at)))
  }
  const { p50, p99 } = percentiles(times)
  console.log(`  hand-off ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, floor ${floor.toFixed(2)} ms`)
  const value = p50 / floor
  return { name: 'hand-off p50, ours / floor', value, unit: '×', goal: '≤ 5', met: value <= 5 }
}

/** Both in turns, so that what else the machine does meets both. */
async function together(engine: Engine, raw: RawLoop): Promise<Figure[]> {
  const times = { fan: [] as number[], rawFan: [] as number[], many: [] as number[], rawMany: [] as number[] }
  const all = <T>(act: () => Promise<T>) => Promise.all(Array.from({ length: RUNS }, act))
  for (let round = 0; round < ROUNDS; round++) {
    times.rawFan.push(await timed(() => raw.run(fan(200))))
    times.fan.push(await timed(async () => finish(engine, [await begin(engine, textOfFan(200))])))
    times.rawMany.push(await timed(() => all(() => raw.run(chain(5)))))
    times.many.push(await timed(async () => finish(engine, await all(() => begin(engine, textOfChain(5))))))
  }
  const [wide, rawWide] = [median(times.fan), median(times.rawFan)]
  const rateOf = (each: readonly number[]) => RUNS / (median(each) / 1000)
  const [rate, rawRate] = [rateOf(times.many), rateOf(times.rawMany)]
  console.log(`  1→200→1 ${wide.toFixed(0)} ms, raw loop ${rawWide.toFixed(0)} ms`)
  console.log(`  ${rate.toFixed(0)} runs/s of five steps, raw loop ${rawRate.toFixed(0)} runs/s`)
  const [fanned, share] = [wide / rawWide, rate / rawRate]
  return [
    { name: '1→200→1, ours / raw loop', value: fanned, unit: '×', goal: '≤ 3', met: fanned <= 3 },
    { name: 'five-step runs/s, ours / raw loop', value: share, unit: '×', goal: '≥ 0.4', met: share >= 0.4 },
  ]
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await act()
  return performance.now() - began
}

/** What a worker costs that has nothing to do, a minute. */
async function idle(url: string): Promise<Figure[]> {
  const sql = openDatabase(url, 1)
  const count = async () => {
    const [row] = await sql`select sum(calls)::int as calls from pg_stat_statements`
    return Number(row?.['calls'])
  }
  // Runs that ended are cleaned up after.
  while ((await sql`select 1 from runs where settled_at is null limit 1`).length > 0) await wait(100)
  const calls = await count()
  const before = process.cpuUsage()
  await wait(IDLE_MS)
  const { user, system } = process.cpuUsage(before)
  const minutes = IDLE_MS / 60_000
  // The count itself is one of them.
  const statements = ((await count()) - calls - 1) / minutes
  await sql.end()
  const cpu = (user + system) / 1e6 / minutes
  return [
    { name: 'idle worker, CPU a minute', value: cpu, unit: 's', goal: '≤ 0.15', met: cpu <= 0.15 },
    {
      name: 'idle worker, statements a minute',
      value: statements,
      unit: '',
      goal: '≤ 150',
      met: statements <= 150,
    },
  ]
}

const step = (id: string, needs: string, more = '') =>
  `  - { id: ${id}, uses: exec, with: { cmd: "true" }, needs: [${needs}]${more} }\n`
const head = 'name: bench\non: manual\nsteps:\n'
const textOfChain = (length: number) =>
  head + Array.from({ length }, (_, n) => step(`s${n}`, n === 0 ? '' : `s${n - 1}`)).join('')
const textOfFan = (width: number) => {
  const n = Array.from({ length: width }, (_, index) => index).join(', ')
  return head + step('a', '') + step('m', 'a', `, matrix: { n: [${n}] }`) + step('z', 'm')
}

const loaded = new Map<string, ReturnType<typeof loadWorkflow>>()

async function begin(engine: Engine, source: string): Promise<string> {
  // Reading a file is not the engine's work.
  const workflow = loaded.get(source) ?? loadWorkflow(source, KINDS)
  loaded.set(source, workflow)
  const spec = {
    owner: 'owner',
    plan: 'libre',
    source,
    file: 'w.yaml',
    inputs: {},
    trigger: 'manual',
  } as const
  return (await startRun(engine, { ...spec, workflow })).id
}

/** Until all have ended, by what the engine tells; it looks at one after the other, so that it measures little of itself. */
async function finish(engine: Engine, runs: readonly string[]): Promise<void> {
  let told = Promise.withResolvers<void>()
  const deaf = engine.watch(() => told.resolve())
  for (const id of runs)
    for (;;) {
      told = Promise.withResolvers<void>()
      const [row] = await engine.sql`select 1 from runs where id = ${id} and ended_at is null`
      if (!row) break
      await told.promise
    }
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
