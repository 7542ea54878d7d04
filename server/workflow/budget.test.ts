import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Fault } from '#dsl/fault.ts'
import { openTestStore } from '#server/store/test-store.ts'
import type { TestStore } from '#server/store/test-store.ts'
import { reserve } from './budget.ts'
import type { RunFacts } from './step-runner.ts'

const BUDGET = 1
let postgres: TestStore
let id = ''
let runs = 0
const sql = () => postgres.store.db.$client

beforeAll(async () => {
  postgres = await openTestStore()
  await sql()`insert into users (id, name, role, plan) values ('ana', 'Ana', 'owner', 'libre')`
})
afterAll(() => postgres.close())
beforeEach(async () => {
  id = `r${++runs}`
  await sql()`insert into runs (id, owner_id, plan, number, workflow, state, trigger, source, file, model, inputs)
    values (${id}, 'ana', 'libre', ${runs}, 'w', 'running', 'manual', '', 'w.yaml', '{}', '{}')`
})

function facts(max_cost_usd: number | undefined): RunFacts {
  const policy = max_cost_usd === undefined ? {} : { max_cost_usd }
  const workflow = { name: 'w', on: [], policy, env: {}, steps: [] }
  return { id, owner: 'ana', plan: 'libre', name: 'w', number: 1, workflow }
}

/** A step as the turn that claimed it left it. */
async function running(instance: string, attempt = 1): Promise<void> {
  await sql()`insert into run_steps (run_id, id, place, step, state, attempts)
    values (${id}, ${instance}, 1, ${instance}, 'running', ${attempt})
    on conflict (run_id, id) do update set state = 'running', attempts = ${attempt}`
}

const ask = (instance: string, costUsd: number, attempt = 1, budget: number | undefined = BUDGET) =>
  reserve(
    postgres.store,
    { run: facts(budget), instance, attempt },
    { model: 'm', costUsd, inputTokens: 10, outputTokens: 20 },
  )

const refusal = (asked: Promise<void>) =>
  asked.then(
    () => undefined,
    (error: unknown) => error as Fault,
  )

/** As a turn does, in one transaction. */
async function settle(
  instance: string,
  cost: number,
  state: 'success' | 'queued' = 'success',
): Promise<void> {
  await sql().begin(async (on) => {
    await on`update runs set cost = cost + ${cost} where id = ${id}`
    await on`update run_steps set state = ${state}, ended_at = ${state === 'success' ? new Date() : null}
      where run_id = ${id} and id = ${instance}`
  })
}

describe('the budget of a run', () => {
  it('is enough for calls that fit together, and not for the one that would pass it', async () => {
    for (const step of ['a', 'b', 'c']) await running(step)
    await ask('a', 0.4)
    await ask('b', 0.6)
    const fault = await refusal(ask('c', 0.01))
    expect(fault).toMatchObject({
      code: 'exhausted',
      data: { budget: 1, spent: 0, reserved: 1, estimate: 0.01 },
    })
    expect(fault?.message).toBe(
      'The call could cost $0.010 (m: up to 10 tokens in, 20 out), and the run has $0.00 of its $1.00 left: ' +
        '$0.00 are spent and $1.00 reserved by steps that run. ' +
        'Raise policy.max_cost_usd, lower max_tokens, or ask with less text.',
    )
  })

  it('is never passed by calls that come at once', async () => {
    const steps = Array.from({ length: 30 }, (_, n) => `s${n}`)
    await Promise.all(steps.map((step) => running(step)))
    const faults = await Promise.all(steps.map((step) => refusal(ask(step, 0.1))))
    expect(faults.filter((fault) => fault === undefined)).toHaveLength(10)
    expect(new Set(faults.map((fault) => fault?.code))).toEqual(new Set([undefined, 'exhausted']))
  })

  it('gets back what a call did not cost', async () => {
    for (const step of ['a', 'b', 'c']) await running(step)
    await ask('a', 0.9)
    expect(await refusal(ask('b', 0.5))).toBeInstanceOf(Fault)
    await settle('a', 0.2)
    await ask('b', 0.5)
    expect(await refusal(ask('c', 0.31))).toMatchObject({ data: { spent: 0.2, reserved: 0.5 } })
    await ask('c', 0.3)
  })

  it('counts the call of a worker that died until its step has ended, once', async () => {
    for (const step of ['a', 'b']) await running(step)
    await ask('a', 0.6)
    // As the takeover does: it waits again, and whoever claims it counts the attempt anew.
    await sql()`update run_steps set state = 'queued', attempts = 0 where run_id = ${id} and id = 'a'`
    expect(await refusal(ask('b', 0.5))).toMatchObject({ data: { reserved: 0.6 } })
    await running('a')
    await ask('a', 0.6)
    expect(await refusal(ask('b', 0.5))).toMatchObject({ data: { reserved: 0.6 } })
    await settle('a', 0)
    await ask('b', 1)
  })

  it('has no room taken by an attempt that failed and waits for the next', async () => {
    for (const step of ['a', 'b']) await running(step)
    await ask('a', 0.6)
    await settle('a', 0.1, 'queued')
    await ask('b', 0.9)
    await running('a', 2)
    expect(await refusal(ask('a', 0.1, 2))).toMatchObject({ data: { spent: 0.1, reserved: 0.9 } })
  })

  it('does not take small sums for nothing', async () => {
    const steps = Array.from({ length: 11 }, (_, n) => `s${n}`)
    await Promise.all(steps.map((step) => running(step)))
    const faults = []
    for (const step of steps) faults.push(await refusal(ask(step, 0.000_000_2, 1, 0.000_01)))
    expect(faults.filter((fault) => fault === undefined).length).toBeLessThanOrEqual(10)
  })

  it('is no matter for a run without one', async () => {
    await running('a')
    const asked = reserve(
      postgres.store,
      { run: facts(undefined), instance: 'a', attempt: 1 },
      { model: 'm', costUsd: 1e9, inputTokens: 1, outputTokens: 1 },
    )
    await expect(asked).resolves.toBeUndefined()
    expect(await sql()`select 1 from run_reservations where run_id = ${id}`).toEqual([])
  })
})
