import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { pino } from 'pino'
import { CATALOG } from '#dsl/catalog.ts'
import type { Plans } from '#dsl/policy/quota.ts'
import type { RunInfo, Runs } from '#dsl/powers/runs.ts'
import { stepKinds } from '#dsl/workflow/step-kind.ts'
import { startPostgres } from '#server/store/embedded.ts'
import { openStore } from '#server/store/store.ts'
import type { Store } from '#server/store/store.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEngine } from './engine.ts'
import type { Engine } from './engine.ts'
import { runsFor } from './runs.ts'
import { forever, testRunner } from './test-runner.ts'

const KINDS = stepKinds(CATALOG)
const BOX = { cpus: 1, memoryMiB: 512, diskMiB: 512, pids: 64 }
const PLANS: Plans = {
  two: { ...BOX, runs: 2 },
  hour: { ...BOX, runMinutesPerMonth: 60 },
  dollar: { ...BOX, usdPerMonth: 1 },
}
let dataDir = ''
let postgres: Awaited<ReturnType<typeof startPostgres>>
let store: Store
let owners = 0
let owner = ''
const engines: Engine[] = []
const sql = () => store.db.$client

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chispart-quota-'))
  postgres = await startPostgres({ dataDir, log: () => undefined })
  store = await openStore(postgres)
})
beforeEach(() => void (owner = `person${++owners}`))
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close()
})
afterAll(async () => {
  await store.close()
  await postgres.stop()
  await rm(dataDir, { recursive: true })
})

async function runsOf(plan: string): Promise<Runs> {
  await sql()`insert into users (id, name, role, plan) values (${owner}, ${owner}, 'member', ${plan})
    on conflict do nothing`
  const queues = ['shell']
  const log = pino({ level: 'silent' })
  const runner = testRunner({ a: forever })
  const engine = await startEngine({ url: postgres.url, runner, queues, kinds: queues, plans: PLANS, log })
  engines.push(engine)
  return runsFor({ engine, kinds: KINDS, workspaceOf: () => Promise.resolve(undefined) }, { owner, plan })
}

const start = (runs: Runs, head = ''): Promise<RunInfo> => {
  const text = `name: t\n${head}on: manual\nsteps:\n  - { id: a, uses: exec, with: { cmd: "true" } }\n`
  return runs.start({ text, file: 't.yaml', inputs: {} })
}
const stateOf = async (runs: Runs, { id }: RunInfo) => (await runs.get(id)).run.state

/** Resolves when it runs. */
async function untilBegun(runs: Runs, { id }: RunInfo): Promise<void> {
  const seen = new AbortController()
  const look = runs.watch(
    id,
    0,
    async (event) => {
      if (event.type === 'step' && event.step.state === 'running') seen.abort('seen')
    },
    seen.signal,
  )
  await look.catch((error: unknown) => {
    if (error !== 'seen') throw error
  })
}

describe('runs of a person', () => {
  it('go on at once as many as the plan says; the next waits, says why, and begins when one ends', async () => {
    const runs = await runsOf('two')
    const first = [await start(runs), await start(runs)]
    for (const run of first) await untilBegun(runs, run)
    const [third, fourth] = [await start(runs), await start(runs)]
    expect(third).toMatchObject({
      state: 'waiting',
      reason: 'The plan "two" lets 2 runs go on at a time. It begins when one ends.',
    })
    await runs.cancel(first[1]?.id ?? '')
    await untilBegun(runs, third)
    expect(await stateOf(runs, fourth)).toBe('waiting')
    await runs.cancel(first[0]?.id ?? '')
    await untilBegun(runs, fourth)
    expect((await runs.get(fourth.id)).run.reason).toBeUndefined()
  })

  it('never pass the quota, however many are started at once and in two processes', async () => {
    const [here, there] = [await runsOf('two'), await runsOf('two')]
    const all = await Promise.all(Array.from({ length: 12 }, (_, n) => start(n % 2 === 0 ? here : there)))
    expect(all.filter(({ state }) => state === 'queued')).toHaveLength(2)
    expect(all.filter(({ state }) => state === 'waiting')).toHaveLength(10)
    // Every end lets exactly one begin, until all have had their turn.
    for (let ended = 0; ended < 12; ended++) {
      const begun = (await here.list({ limit: 50 })).runs.filter(({ state }) => /queued|running/.test(state))
      expect(begun.length).toBeLessThanOrEqual(2)
      const next = begun.at(-1)
      if (!next) throw new Error('Nothing runs.')
      await untilBegun(here, next)
      await here.cancel(next.id)
      await here.watch(next.id, 0, () => Promise.resolve(), new AbortController().signal)
      await released(next.id)
    }
    expect((await here.list({ limit: 50 })).runs.every(({ state }) => state === 'cancelled')).toBe(true)
  })

  it('of a concurrency group wait for it first, and take no slot meanwhile', async () => {
    const runs = await runsOf('two')
    const grouped = await start(runs, 'concurrency: g\n')
    await untilBegun(runs, grouped)
    const behind = await start(runs, 'concurrency: g\n')
    const free = await start(runs)
    await untilBegun(runs, free)
    const full = await start(runs)
    expect([behind.reason, full.reason]).toEqual([
      expect.stringMatching(/Another run of t\/g/),
      expect.stringMatching(/The plan "two"/),
    ])
    await runs.cancel(grouped.id)
    await untilBegun(runs, behind)
    expect(await stateOf(runs, full)).toBe('waiting')
    await runs.cancel(free.id)
    await untilBegun(runs, full)
  })

  it('that waits and is cancelled leaves the others where they are', async () => {
    const runs = await runsOf('two')
    for (const run of [await start(runs), await start(runs)]) await untilBegun(runs, run)
    const [third, fourth] = [await start(runs), await start(runs)]
    await runs.cancel(third.id)
    await runs.watch(third.id, 0, () => Promise.resolve(), new AbortController().signal)
    expect([await stateOf(runs, third), await stateOf(runs, fourth)]).toEqual(['cancelled', 'waiting'])
  })

  it('are refused before they begin when the minutes of the month are used, and last month is over', async () => {
    const runs = await runsOf('hour')
    const spend = (id: string, from: string, to: string) =>
      sql().unsafe(`
      insert into runs (id, owner_id, plan, number, workflow, state, trigger, source, file, model, inputs,
        created_at, started_at, ended_at)
      values ('${id}', '${owner}', 'hour', 1, 'old', 'succeeded', 'manual', '', 'w.yaml', '{}', '{}', ${from}, ${from}, ${to});
      insert into run_steps (run_id, id, place, step, state, started_at, ended_at)
      values ('${id}', 'a', 1, 'a', 'success', ${from}, ${to}), ('${id}', 'b', 1, 'b', 'success', ${from}, ${to}),
        ('${id}', 'kept', 1, 'kept', 'success', ${from} - interval '9 hours', ${to})`)
    const month = `date_trunc('month', now(), 'UTC')`
    await spend(`${owner}-old`, `(${month} - interval '9 hours')`, month)
    await spend(`${owner}-a`, month, `(${month} + interval '29 minutes')`)
    const allowed = await start(runs)
    await runs.cancel(allowed.id)
    await spend(`${owner}-b`, month, `(${month} + interval '1 minute')`)
    await expect(start(runs)).rejects.toMatchObject({
      code: 'exhausted',
      message: expect.stringMatching(/^60\.\d of the 60 minutes of runs .*"hour".*CHISPART_PLANS/) as string,
      data: { quota: 'runMinutesPerMonth', limit: 60, plan: 'hour' },
    })
  })

  it('are refused before they begin when the dollars of the month are spent', async () => {
    const runs = await runsOf('dollar')
    await sql()`insert into llm_charges (id, owner_id, amount) values (${owner}, ${owner}, 0.99)`
    const allowed = await start(runs)
    await runs.cancel(allowed.id)
    await sql()`update llm_charges set amount = 1 where id = ${owner}`
    await expect(start(runs)).rejects.toMatchObject({
      code: 'exhausted',
      data: { quota: 'usdPerMonth', used: 1, limit: 1 },
    })
    await sql()`update users set plan = 'gone' where id = ${owner}`
    await expect(start(runs)).rejects.toMatchObject({ code: 'denied' })
  })
})

/** Resolves when nothing of the run is left to clean up: others have been let go on by then. */
async function released(id: string): Promise<void> {
  while ((await sql()`select 1 from runs where id = ${id} and settled_at is not null`).length === 0) continue
}
