import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { pino } from 'pino'
import type { Fault } from '#dsl/fault.ts'
import type { RunEvent, Runs } from '#dsl/powers/runs.ts'
import { CATALOG } from '#dsl/catalog.ts'
import { stepKinds } from '#dsl/workflow/step-kind.ts'
import { startPostgres } from '#server/store/embedded.ts'
import { openStore } from '#server/store/store.ts'
import type { Store } from '#server/store/store.ts'
import { ensureOwner } from '#server/store/users.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEATHS_MAX } from './advance.ts'
import { reserve } from './budget.ts'
import { startEngine } from './engine.ts'
import { SPACE } from './liveness.ts'
import type { Engine } from './engine.ts'
import { openQueue } from './queue.ts'
import { recoverSteps } from './recover.ts'
import { runsFor } from './runs.ts'
import type { StepRunner } from './step-runner.ts'
import { OK, failed, forever, testRunner } from './test-runner.ts'
import { TIDY_AT_ONCE } from './tidy.ts'
import type { Play } from './test-runner.ts'

const QUIET = pino({ level: process.env['TEST_LOG'] ?? 'silent' })
const KINDS = stepKinds(CATALOG)
const NEVER = new AbortController().signal
let dataDir = ''
let postgres: Awaited<ReturnType<typeof startPostgres>>
let store: Store
const engines: Engine[] = []

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chispart-engine-'))
  postgres = await startPostgres({ dataDir, log: () => undefined })
  store = await openStore(postgres)
  await ensureOwner(store)
})
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close()
})
afterAll(async () => {
  await store.close()
  await postgres.stop()
  await rm(dataDir, { recursive: true })
})

async function engineWith(runner: StepRunner, workspace?: string): Promise<{ engine: Engine; runs: Runs }> {
  const queues = ['shell']
  const engine = await startEngine({ url: postgres.url, runner, queues, kinds: queues, log: QUIET })
  engines.push(engine)
  const parts = { engine, kinds: KINDS, workspaceOf: () => Promise.resolve(workspace) }
  return { engine, runs: runsFor(parts, { owner: 'owner', plan: 'libre' }) }
}

const step = (id: string, more = '') => `  - { id: ${id}, uses: exec, with: { cmd: "true" }${more} }\n`
const flow = (steps: string, head = '') => `name: t\n${head}on: manual\nsteps:\n${steps}`
const start = (runs: Runs, text: string, inputs = {}) => runs.start({ text, file: 't.yaml', inputs })

async function untilEnd(runs: Runs, id: string): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  await runs.watch(id, 0, async (event) => void events.push(event), NEVER)
  return events
}

async function untilStep(runs: Runs, id: string, instance: string, state: string): Promise<void> {
  const seen = new AbortController()
  await runs
    .watch(
      id,
      0,
      async (event) => {
        if (event.type === 'step' && event.step.id === instance && event.step.state === state)
          seen.abort('seen')
      },
      seen.signal,
    )
    .catch((error: unknown) => {
      if (error !== 'seen') throw error
    })
}

async function states(runs: Runs, id: string): Promise<Record<string, string>> {
  const { steps } = await runs.get(id)
  return Object.fromEntries(steps.map((one) => [one.id, one.state]))
}

describe('a run', () => {
  it('runs its steps in order, hands outputs on, and tells every change once', async () => {
    const runner = testRunner({ a: () => ({ ok: true, output: 'hello', costUsd: 0.5 }) })
    const { runs } = await engineWith(runner)
    const { id } = await start(runs, flow(step('a') + step('b', ', if: "steps.a.output == \'hello\'"')))
    const events = await untilEnd(runs, id)
    expect(events.map(({ cursor }) => cursor)).toEqual(events.map((_, index) => index + 1))
    expect(runner.keys).toEqual([`${id}/a/1`, `${id}/b/1`])
    const { run } = await runs.get(id)
    expect(run).toMatchObject({ state: 'succeeded', number: 1, costUsd: 0.5, trigger: 'manual' })
    expect(events.at(-1)).toMatchObject({ type: 'run', run: { state: 'succeeded' } })
    expect(await states(runs, id)).toEqual({ a: 'success', b: 'success' })
  })

  it('ends failed, and skips what waits for a failure with the reason', async () => {
    const { runs } = await engineWith(testRunner({ a: () => failed('no luck') }))
    const text = flow(step('a') + step('b') + step('c', ', if: always()'))
    const { id } = await start(runs, text)
    await untilEnd(runs, id)
    const { run, steps } = await runs.get(id)
    expect(run).toMatchObject({ state: 'failed', reason: 'a failed: no luck' })
    expect(steps.map(({ state }) => state)).toEqual(['failure', 'skipped', 'success'])
    expect(steps[1]?.reason).toBe('a failed.')
  })

  it('keeps what no text of Postgres can hold as the sign for it, and goes on: NULs and halves of characters', async () => {
    const output = { 'k\0': ['a\0b', 'half \ud83d', 'whole \u{1f600}', '\\u0000'] }
    const { runs } = await engineWith(
      testRunner({ a: () => ({ ...OK, output }), b: () => failed('no\0luck') }),
    )
    const { id } = await start(runs, flow(step('a') + step('b')), {})
    await untilEnd(runs, id)
    const { run, steps } = await runs.get(id)
    expect(run.reason).toBe('b failed: no\ufffdluck')
    expect(steps[0]?.output).toEqual({
      'k\ufffd': ['a\ufffdb', 'half \ufffd', 'whole \u{1f600}', '\\u0000'],
    })
  })

  it('tries a step again as its retry says, under a new key each time', async () => {
    let left = 2
    const runner = testRunner({ a: () => (left-- > 0 ? failed('flaky') : OK) })
    const { runs } = await engineWith(runner)
    const retry = ', retry: { attempts: 3, backoff: constant, delay_ms: 20 }'
    const { id } = await start(runs, flow(step('a', retry)))
    await untilEnd(runs, id)
    expect(runner.keys).toEqual([`${id}/a/1`, `${id}/a/2`, `${id}/a/3`])
    expect((await runs.get(id)).run.state).toBe('succeeded')
  })

  it('runs every combination of a matrix, at most so many at once, and joins their outputs', async () => {
    let now = 0
    let most = 0
    const runner = testRunner({
      async m({ combination }) {
        most = Math.max(most, ++now)
        await new Promise((resolve) => setImmediate(resolve))
        now -= 1
        return { ok: true, output: combination?.['n'] as number, costUsd: 0 }
      },
    })
    const { runs } = await engineWith(runner)
    const matrix = ', matrix: { n: [1, 2, 3, 4], max_parallel: 2 }'
    const { id } = await start(
      runs,
      flow(step('m', matrix) + step('z', ', if: "join(steps.m.output) == \'1,2,3,4\'"')),
    )
    await untilEnd(runs, id)
    expect(await states(runs, id)).toEqual({
      'm[0]': 'success',
      'm[1]': 'success',
      'm[2]': 'success',
      'm[3]': 'success',
      z: 'success',
    })
    expect(most).toBeLessThanOrEqual(2)
  })

  it('counts the combinations of a matrix as its file does, the last axis first', async () => {
    const runner = testRunner({
      m: ({ combination }) => ({ ok: true, output: Object.values(combination ?? {}).join('-'), costUsd: 0 }),
    })
    const { runs } = await engineWith(runner)
    const axes = ', matrix: { size: [s, l], a: [x, y] }'
    const { id } = await start(runs, flow(step('m', axes)))
    await untilEnd(runs, id)
    const { steps } = await runs.get(id)
    expect(steps.map(({ output }) => output)).toEqual(['s-x', 's-y', 'l-x', 'l-y'])
    expect(steps[1]?.combination).toBe('size=s, a=y')
  })

  it('is cancelled within a second, whatever it does', async () => {
    const { runs } = await engineWith(testRunner({ a: forever }))
    const { id } = await start(runs, flow(step('a') + step('b')))
    await untilStep(runs, id, 'a', 'running')
    const began = performance.now()
    await runs.cancel(id)
    await untilEnd(runs, id)
    expect(performance.now() - began).toBeLessThan(1000)
    expect((await runs.get(id)).run.state).toBe('cancelled')
    expect(await states(runs, id)).toEqual({ a: 'cancelled', b: 'skipped' })
  })

  it('ends timed_out when its time is over, and a step fails when its own is', async () => {
    const { runs } = await engineWith(testRunner({ a: forever }))
    const whole = await start(runs, flow(step('a'), 'policy: { max_time_ms: 1000 }\n'))
    await untilEnd(runs, whole.id)
    expect((await runs.get(whole.id)).run).toMatchObject({ state: 'timed_out' })
    const one = await start(runs, flow(step('a', ', timeout: 100')))
    await untilEnd(runs, one.id)
    expect((await runs.get(one.id)).steps[0]).toMatchObject({
      state: 'failure',
      error: { code: 'timed_out' },
    })
  })

  it('begins nothing more once it has cost too much', async () => {
    const runner = testRunner({ a: () => ({ ok: true, costUsd: 3 }) })
    const { runs } = await engineWith(runner)
    const { id } = await start(runs, flow(step('a') + step('b'), 'policy: { max_cost_usd: 2.5 }\n'))
    await untilEnd(runs, id)
    expect((await runs.get(id)).run).toMatchObject({ state: 'over_budget', costUsd: 3 })
    expect(runner.keys).toEqual([`${id}/a/1`])
  })

  it('has a budget that calls side by side do not pass, and that takes back what they did not cost', async () => {
    const together = Promise.withResolvers<undefined>()
    const ask: Play = async (call) => {
      const estimate = { model: 'm', costUsd: 0.6, inputTokens: 1, outputTokens: 1 }
      try {
        await reserve(store, call, estimate)
      } catch (error) {
        together.resolve(undefined)
        return { ok: false, failure: { fault: 'exhausted' }, error: error as Fault, costUsd: 0 }
      }
      if (call.step.id !== 'late') await together.promise
      return { ok: true, costUsd: 0.3 }
    }
    const { runs } = await engineWith(testRunner({ a: ask, b: ask, late: ask }))
    const side = (id: string) => step(id, ', needs: [], continue_on_error: true')
    const text = flow(
      side('a') + side('b') + step('late', ', needs: [a, b], if: always()'),
      'policy: { max_cost_usd: 1 }\n',
    )
    const { id } = await start(runs, text)
    await untilEnd(runs, id)
    const { a, b, late } = await states(runs, id)
    expect([a, b].sort()).toEqual(['failure', 'success'])
    expect(late).toBe('success')
    expect((await runs.get(id)).run).toMatchObject({ state: 'succeeded', costUsd: 0.6 })
  })

  it('waits for a person, and goes on or fails as they say', async () => {
    const runner = testRunner()
    const { runs } = await engineWith(runner)
    const text = flow(`  - { id: ask, approval: { message: Ship it? } }\n${step('b')}`)
    for (const approved of [true, false]) {
      const { id } = await start(runs, text)
      await untilStep(runs, id, 'ask', 'approval')
      await expect.poll(async () => (await runs.get(id)).run.state).toBe('waiting')
      await runs.decide(id, 'ask', { approved, comment: 'because' })
      await untilEnd(runs, id)
      expect((await runs.get(id)).run.state).toBe(approved ? 'succeeded' : 'failed')
      await expect(runs.decide(id, 'ask', { approved })).rejects.toMatchObject({ code: 'conflict' })
    }
    const asks = await start(runs, flow(step('deploy', ', approval: { message: Sure? }')))
    await untilStep(runs, asks.id, 'deploy', 'approval')
    const { number, workflow } = asks
    const waits = { run: asks.id, number, workflow, step: 'deploy', name: 'deploy', question: 'Sure?' }
    expect(await runs.approvals()).toEqual([waits])
    expect(runner.keys.filter((key) => key.includes('deploy'))).toEqual([])
    await runs.decide(asks.id, 'deploy', { approved: true })
    await untilEnd(runs, asks.id)
    expect(runner.keys).toContain(`${asks.id}/deploy/1`)
  })
})

describe('runs of a concurrency group', () => {
  it('wait for each other, and the newest of those that wait wins', async () => {
    const { runs } = await engineWith(testRunner({ a: forever }))
    const text = flow(step('a'), 'concurrency: g\n')
    const first = await start(runs, text)
    await untilStep(runs, first.id, 'a', 'running')
    const second = await start(runs, text)
    const third = await start(runs, text)
    await untilEnd(runs, second.id)
    expect((await runs.get(second.id)).run.state).toBe('cancelled')
    expect((await runs.get(third.id)).run.state).toBe('waiting')
    await runs.cancel(first.id)
    await untilStep(runs, third.id, 'a', 'running')
    await runs.cancel(third.id)
    await untilEnd(runs, third.id)
  })
})

describe('cleaning up after a run', () => {
  it('goes on with the others when one of them cannot be cleaned up, and tries that again', async () => {
    const runner = testRunner()
    let isStuck = true
    const ended: StepRunner['ended'] = (run, succeeded) =>
      isStuck && run.name === 'stuck' ? Promise.reject(new Error('not now')) : runner.ended(run, succeeded)
    const { runs } = await engineWith({ ...runner, ended })
    const cleaned = () => runner.over.map(({ run }) => run.id)
    const stuck = await start(runs, flow(step('a')).replace('name: t', 'name: stuck'))
    await untilEnd(runs, stuck.id)
    const other = await start(runs, flow(step('a')))
    await expect.poll(cleaned).toContain(other.id)
    expect(cleaned()).not.toContain(stuck.id)
    isStuck = false
    await start(runs, flow(step('a')))
    await expect.poll(cleaned).toContain(stuck.id)
  })

  it('holds up no other while its caches are saved, never more than a few at once, and a stop waits for them', async () => {
    const runner = testRunner()
    const saving = new Set<string>()
    const saved = Promise.withResolvers<void>()
    let most = 0
    const ended: StepRunner['ended'] = async (run, succeeded) => {
      if (run.name === 'slow') {
        most = Math.max(most, saving.add(run.id).size)
        await saved.promise
        saving.delete(run.id)
      }
      await runner.ended(run, succeeded)
    }
    const { engine, runs } = await engineWith({ ...runner, ended })
    const slow = () => start(runs, flow(step('a')).replace('name: t', 'name: slow'))
    const cleaned = () => runner.over.map(({ run }) => run.id)
    const first = await slow()
    await expect.poll(() => saving.has(first.id)).toBe(true)
    const other = await start(runs, flow(step('a')))
    await expect.poll(cleaned).toContain(other.id)
    expect(saving.has(first.id)).toBe(true)

    const all = [first, ...(await Promise.all(Array.from({ length: 6 }, slow)))].map(({ id }) => id)
    for (const id of all) await untilEnd(runs, id)
    await expect.poll(() => saving.size).toBe(TIDY_AT_ONCE)
    const closed = engine.close()
    saved.resolve()
    await closed
    engines.splice(engines.indexOf(engine), 1)
    expect(saving.size).toBe(0)
    expect(most).toBe(TIDY_AT_ONCE)
    const left = await store.db.$client`select id from runs where workflow = 'slow' and settled_at is null`
    expect(left.length).toBe(all.length - TIDY_AT_ONCE)
    // What had not begun is the next one's.
    const next = await engineWith(runner)
    await expect.poll(() => all.every((id) => cleaned().includes(id))).toBe(true)
    expect(next.engine).not.toBe(engine)
  })
})

describe('a repeat', () => {
  it('does again what failed and what waited for it, and keeps what succeeded with its output', async () => {
    let broken = true
    const runner = testRunner({
      a: () => ({ ok: true, output: 'kept', costUsd: 0 }),
      b: () => (broken ? failed('broken') : OK),
    })
    const { runs } = await engineWith(runner)
    const { id } = await start(
      runs,
      flow(step('a') + step('b') + step('c', ', if: "steps.a.output == \'kept\'"')),
    )
    await untilEnd(runs, id)
    broken = false
    const again = await runs.repeat(id, { failed: true })
    await untilEnd(runs, again.id)
    expect(again).toMatchObject({ trigger: 'retry', retryOf: id, number: expect.any(Number) as number })
    expect(runner.keys.filter((key) => key.startsWith(again.id))).toEqual([
      `${again.id}/b/1`,
      `${again.id}/c/1`,
    ])
    const third = await runs.repeat(again.id, { from: 'c' })
    await untilEnd(runs, third.id)
    expect(runner.keys.filter((key) => key.startsWith(third.id))).toEqual([`${third.id}/c/1`])
  })
})

describe('a repeat in the same workspace', () => {
  it('is one at a time, knows whose workspace it is in, and is refused when that is gone', async () => {
    const held = Promise.withResolvers<void>()
    const homes: (string | undefined)[] = []
    const runner = testRunner({
      a: async ({ run }) => {
        homes.push(run.home)
        if (homes.length === 1) return failed('broken')
        await held.promise
        return failed('still broken')
      },
    })
    const { engine, runs } = await engineWith(runner, 'run-t-1')
    const { id } = await start(runs, flow(step('a')))
    await untilEnd(runs, id)
    const second = await runs.repeat(id, { from: 'a', here: true })
    await expect(runs.repeat(id, { from: 'a', here: true })).rejects.toMatchObject({ code: 'conflict' })
    held.resolve()
    await untilEnd(runs, second.id)
    const third = await runs.repeat(second.id, { from: 'a', here: true })
    await untilEnd(runs, third.id)
    expect(homes).toEqual([undefined, id, id])
    const parts = { engine, kinds: KINDS, workspaceOf: () => Promise.resolve(undefined) }
    const gone = runsFor(parts, { owner: 'owner', plan: 'libre' })
    await expect(gone.repeat(third.id, { from: 'a', here: true })).rejects.toMatchObject({ code: 'conflict' })
  })
})

describe('what belongs to another', () => {
  it('is not found', async () => {
    const { engine, runs } = await engineWith(testRunner())
    const { id } = await start(runs, flow(step('a')))
    const parts = { engine, kinds: KINDS, workspaceOf: () => Promise.resolve(undefined) }
    const other = runsFor(parts, { owner: 'somebody', plan: 'libre' })
    await expect(other.get(id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(other.cancel(id)).rejects.toMatchObject({ code: 'not_found' })
    expect(await other.list({ limit: 10 })).toEqual({ runs: [] })
    await untilEnd(runs, id)
  })
})

describe('a worker that leaves or dies', () => {
  it('lets go of what it runs, and the next one goes on under the same key', async () => {
    const first = testRunner({ a: forever })
    const { engine, runs } = await engineWith(first)
    const { id } = await start(runs, flow(step('a')))
    await untilStep(runs, id, 'a', 'running')
    await engine.close()
    engines.length = 0
    const second = testRunner()
    const next = await engineWith(second)
    await untilEnd(next.runs, id)
    expect(second.keys).toEqual([`${id}/a/1`])
    expect((await next.runs.get(id)).run.state).toBe('succeeded')
  })

  it('is not blamed at once, but a step that workers die of fails, and whoever watches is told', async () => {
    const { engine, runs } = await engineWith(testRunner({ a: forever }))
    const { id } = await start(runs, flow(step('a')))
    await untilStep(runs, id, 'a', 'running')
    const [held] = await engine.sql<{ worker: string }[]>`select worker from run_steps where run_id = ${id}`
    const queue = await openQueue(postgres.url, ['shell'])
    const parts = { sql: engine.sql, queue, runner: testRunner(), deathsMax: 1 }
    expect(await recoverSteps(parts, held?.worker ?? '', true)).toEqual([id])
    engine.wake(id)
    const events = await untilEnd(runs, id)
    const message = 'Its worker died 1 times while it ran.'
    const ends = events.filter((event) => event.type === 'step' && event.step.state === 'failure')
    expect(ends).toMatchObject([{ step: { id: 'a', error: { message } } }])
    await queue.close()
  })

  it('leaves its steps to its neighbour, which runs them again under the same key', async () => {
    const runner = testRunner({ a: forever })
    const { engine, runs } = await engineWith(runner)
    const { id } = await start(runs, flow(step('a')))
    await untilStep(runs, id, 'a', 'running')
    const { sql } = engine
    // A worker whose lock nobody holds, and the cursor of what it told.
    await sql`update run_steps set worker = 'ghost' where run_id = ${id}`
    await sql`update runs set events = events + 1 where id = ${id}`
    await sql`insert into workers (id, key, queues) values ('ghost', 1, '{shell}')`
    await sql`select pg_notify('chispart_workers', 'ghost')`
    await expect.poll(() => runner.keys, { timeout: 40_000 }).toEqual([`${id}/a/1`, `${id}/a/1`])
    expect(await sql`select 1 from workers where id = 'ghost'`).toHaveLength(0)
    expect(await sql`select deaths, attempts from run_steps where run_id = ${id}`).toMatchObject([
      { deaths: 1, attempts: 1 },
    ])
    await runs.cancel(id)
    await untilEnd(runs, id)
  })

  it(
    'is alive when only its session was cut, and the step is not blamed for that',
    { timeout: 120_000 },
    async () => {
      const runner = testRunner({ a: forever })
      const { engine, runs } = await engineWith(runner)
      await engineWith(runner)
      const { id } = await start(runs, flow(step('a')))
      for (let cuts = 1; cuts <= DEATHS_MAX + 1; cuts++) {
        await expect.poll(() => runner.keys.length, { timeout: 40_000 }).toBe(cuts)
        const [held] = await engine.sql<
          { worker: string }[]
        >`select worker from run_steps where run_id = ${id}`
        // The session that holds the lock by which others know that this worker lives.
        await engine.sql`select pg_terminate_backend(pid) from pg_locks join workers on key = objid
        where locktype = 'advisory' and classid = ${SPACE} and granted and workers.id = ${held?.worker ?? ''}`
      }
      await expect.poll(() => runner.keys.length, { timeout: 40_000 }).toBe(DEATHS_MAX + 2)
      expect((await runs.get(id)).steps).toMatchObject([{ state: 'running', attempts: 1 }])
    },
  )

  it('lives once, also when joining anew fails half-way', { timeout: 120_000 }, async () => {
    const { engine } = await engineWith(testRunner())
    const { sql } = engine
    const locks = () =>
      sql`select pid from pg_locks where locktype = 'advisory' and classid = ${SPACE} and granted`
    const [held] = await sql<{ id: string }[]>`select id from workers`
    await sql`alter table runs rename to runs_away`
    await sql`select pg_terminate_backend(pid) from pg_locks
      where locktype = 'advisory' and classid = ${SPACE} and granted`
    // It joins, cannot read runs, and leaves; several times.
    const tries = new Set<string>()
    await expect
      .poll(
        async () => {
          for (const { id } of await sql<{ id: string }[]>`select id from workers`) tries.add(id)
          return [...tries].filter((id) => id !== held?.id).length
        },
        { timeout: 40_000, interval: 1 },
      )
      .toBeGreaterThan(1)
    await sql`alter table runs_away rename to runs`
    await expect.poll(async () => (await sql`select id from workers`).length, { timeout: 40_000 }).toBe(1)
    await expect.poll(async () => (await locks()).length, { timeout: 40_000 }).toBe(1)
  })
})
