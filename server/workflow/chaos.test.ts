// Workers and Postgres are killed while runs go on. Nothing may be lost, and nothing may count twice.
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CATALOG } from '#dsl/catalog.ts'
import type { RunEvent } from '#dsl/powers/runs.ts'
import { loadWorkflow } from '#dsl/workflow/parse.ts'
import { stepKinds } from '#dsl/workflow/step-kind.ts'
import { startPostgres } from '#server/store/embedded.ts'
import { openStore } from '#server/store/store.ts'
import { ensureOwner } from '#server/store/users.ts'
import { beginRun } from './begin-run.ts'
import { openDatabase } from './database.ts'
import { openRelay } from './test-relay.ts'
import type { Relay } from './test-relay.ts'
import type { Told } from './test-worker.ts'

const RUNS = 30
const KILLS = 20
const WORKERS = 3
const FORMS: Record<string, { state: string; steps: string }> = {
  chain: { state: 'succeeded', steps: ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => line(id)).join('') },
  fan: {
    state: 'succeeded',
    steps:
      line('a') +
      ['b', 'c', 'd', 'e', 'f'].map((id) => line(id, ', needs: a')).join('') +
      line('z', ', needs: [b, c, d, e, f]'),
  },
  matrix: {
    state: 'succeeded',
    steps: line('a') + line('m', ', matrix: { n: [1, 2, 3, 4], max_parallel: 2 }') + line('z'),
  },
  flaky: {
    state: 'succeeded',
    steps:
      line('a') +
      line('flaky', ', retry: { attempts: 2, backoff: constant, delay_ms: 30 }') +
      line('bad', ', continue_on_error: true') +
      line('z') +
      line('y'),
  },
  failing: {
    state: 'failed',
    steps: line('a') + line('b') + line('bad') + line('c') + line('z', ', if: always()'),
  },
}

function line(id: string, more = ''): string {
  return `  - { id: ${id}, uses: exec, with: { cmd: "true" }${more} }\n`
}

interface Worker {
  readonly process: ChildProcess
  readonly running: Set<string>
  isReady: boolean
}

let dataDir = ''
let postgres: Awaited<ReturnType<typeof startPostgres>>
let relay: Relay
let url = ''
const workers = new Set<Worker>()
const heard = new EventTarget()
/** When a killed worker's step was orphaned, by its key. */
const orphaned = new Map<string, number>()
/** How often it was; a step that several workers die of is blamed for it. */
const deaths = new Map<string, number>()
const waits: number[] = []
/** Exit codes of workers that nobody killed. */
const crashes: unknown[] = []

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chispart-chaos-'))
  postgres = await startPostgres({ dataDir, log: () => undefined })
  relay = await openRelay(portOf(postgres.url))
  url = postgres.url.replace(`:${portOf(postgres.url)}/`, `:${relay.port}/`)
  const store = await openStore(postgres)
  await ensureOwner(store)
  await store.close()
  const sql = openDatabase(url, 1)
  await sql`create table effects (key text primary key, deliveries int not null default 1)`
  await sql.end()
})
afterAll(async () => {
  for (const worker of workers) {
    workers.delete(worker)
    worker.process.kill('SIGKILL')
  }
  relay.close()
  await postgres.stop()
  await rm(dataDir, { recursive: true })
})

const portOf = (address: string) => Number(new URL(address).port)

function spawnWorker(): void {
  const file = new URL('./test-worker.ts', import.meta.url)
  const child = fork(file, [url], { execArgv: [] })
  const worker: Worker = { process: child, running: new Set(), isReady: false }
  workers.add(worker)
  child.on('exit', (code) => {
    if (!workers.delete(worker)) return
    // Without its database a worker cannot begin, and whoever started it starts it again; afterwards it must bear it.
    if (worker.isReady) crashes.push(code)
    spawnWorker()
  })
  child.on('message', ({ ready, began, ended }: Told) => {
    if (ready) worker.isReady = true
    if (ended !== undefined) worker.running.delete(ended)
    if (began === undefined) return
    worker.running.add(began)
    const since = orphaned.get(began)
    if (since !== undefined && orphaned.delete(began)) waits.push(performance.now() - since)
    heard.dispatchEvent(new Event('began'))
  })
}

const ready = () => [...workers].filter(({ isReady }) => isReady)

/** More than the engine's own last resort takes: a look at everything each 15 s. */
const STUCK_MS = 10_000

/** Resolves when so many attempts have begun since; several may begin in one moment. */
async function begins(count: number): Promise<void> {
  const reached = Promise.withResolvers<void>()
  let left = count
  const one = () => void (--left === 0 && reached.resolve())
  const late = () =>
    reached.reject(new Error(`${left} of ${count} attempts did not begin in ${STUCK_MS} ms.`))
  const timer = setTimeout(late, STUCK_MS)
  heard.addEventListener('began', one)
  await reached.promise.finally(() => {
    clearTimeout(timer)
    heard.removeEventListener('began', one)
  })
}

async function killWorker(): Promise<void> {
  await expect.poll(() => ready().length, { interval: 5 }).toBeGreaterThan(1)
  const busy = ready().toSorted((a, b) => b.running.size - a.running.size)
  const victim = busy.find(({ running }) => ![...running].some((key) => (deaths.get(key) ?? 0) > 0))
  if (victim === undefined) return begins(1).then(killWorker)
  workers.delete(victim)
  victim.process.kill('SIGKILL')
  const since = performance.now()
  for (const key of victim.running) {
    orphaned.set(key, since)
    deaths.set(key, (deaths.get(key) ?? 0) + 1)
  }
  spawnWorker()
}

async function killPostgres(): Promise<void> {
  const pid = Number((await readFile(join(dataDir, 'pg18', 'postmaster.pid'), 'utf8')).split('\n')[0])
  process.kill(pid, 'SIGKILL')
  await postgres.stop()
  postgres = await startPostgres({ dataDir, log: () => undefined })
  relay.lead(portOf(postgres.url))
  // Without a database nobody can take over; what is measured is how soon somebody who can does.
  orphaned.clear()
}

it(
  `runs end right while workers die ${KILLS} times and Postgres is killed`,
  { timeout: 180_000 },
  async () => {
    for (let n = 0; n < WORKERS; n++) spawnWorker()
    await expect.poll(() => ready().length, { interval: 10 }).toBe(WORKERS)
    const sql = openDatabase(url, 1)
    const began: { id: string; form: string }[] = []
    const start = async () => {
      const form = Object.keys(FORMS)[began.length % 5] ?? 'chain'
      const text = `name: ${form}\non: manual\nsteps:\n${FORMS[form]?.steps}`
      const workflow = loadWorkflow(text, stepKinds(CATALOG))
      const spec = { owner: 'owner', plan: 'libre', workflow, source: text, file: 'w.yaml', inputs: {} }
      const { run } = await beginRun(sql, { ...spec, trigger: 'manual' })
      began.push({ id: run.id, form })
      // It may be dead already, or die before it looks: the run must go on nevertheless.
      ready()[began.length % ready().length]?.process.send(run.id, () => undefined)
    }
    for (let kill = 0; kill < KILLS; kill++) {
      while (began.length < ((kill + 1) * RUNS) / KILLS) await start()
      await begins(1 + ((kill * 7) % 4))
      if (kill === KILLS / 2) {
        await killPostgres()
        const answers = () =>
          sql`select 1`.then(
            () => true,
            () => false,
          )
        await expect.poll(answers, { interval: 20 }).toBe(true)
      } else await killWorker()
    }
    const left = async () => (await sql`select 1 from runs where ended_at is null`).length
    await expect.poll(left, { timeout: 30_000, interval: 50 }).toBe(0)

    expect(crashes).toEqual([])
    const runs = await sql<{ id: string; workflow: string; state: string; events: number; reason: string }[]>`
    select id, workflow, state, events, reason from runs`
    expect(runs.map(({ id, state, reason }) => ({ id, state, reason }))).toEqual(
      runs.map(({ id, workflow, reason }) => ({ id, state: FORMS[workflow]?.state, reason })),
    )
    expect(runs.length).toBe(RUNS)
    for (const run of runs) await expectWhole(sql, run)
    const steps =
      await sql`select 1 from run_steps where result is null or job is not null or worker is not null`
    expect(steps.length).toBe(0)
    expect((await sql`select 1 from pgboss.job where name = 'step-shell'`).length).toBe(0)
    const sorted = waits.toSorted((a, b) => a - b)
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0
    process.stdout.write(
      `${sorted.length} orphans ran again after ${median.toFixed(0)} ms, at most ${sorted.at(-1)?.toFixed(0)} ms\n`,
    )
    expect(sorted.length).toBeGreaterThan(0)
    expect(median).toBeLessThan(2000)
    await sql.end()
  },
)

/** Cursors without gaps; one end of every step and of the run; every attempt that counted had its effect. */
async function expectWhole(sql: ReturnType<typeof openDatabase>, run: { id: string; events: number }) {
  const rows = await sql<{ cursor: number; event: RunEvent }[]>`select cursor, event from run_events
    where run_id = ${run.id} order by cursor`
  expect(rows.map(({ cursor }) => cursor)).toEqual(Array.from({ length: run.events }, (_, n) => n + 1))
  const events = rows.map(({ event }) => event)
  const over = events.filter((event) => event.type === 'run' && event.run.endedAt !== undefined)
  expect(over.length).toBe(1)
  expect(events.at(-1)).toEqual(over[0])
  const steps = await sql<{ id: string; attempts: number; state: string }[]>`select id, attempts, state
    from run_steps where run_id = ${run.id}`
  for (const { id, attempts } of steps) {
    const ends = events.filter(
      (event) => event.type === 'step' && event.step.id === id && event.step.endedAt !== undefined,
    )
    expect([id, ends.length]).toEqual([id, 1])
    for (let attempt = 1; attempt <= attempts; attempt++)
      expect(await sql`select key from effects where key = ${`${run.id}/${id}/${attempt}`}`).toHaveLength(1)
  }
}
