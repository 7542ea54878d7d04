import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pino } from 'pino'
import { CATALOG } from '#dsl/catalog.ts'
import { EGRESS_TOLD_MAX } from '#dsl/powers/runs.ts'
import type { EgressDecision, RunEvent, Runs } from '#dsl/powers/runs.ts'
import { stepKinds } from '#dsl/workflow/step-kind.ts'
import type { Decision } from '#server/egress/visit.ts'
import { startPostgres } from '#server/store/embedded.ts'
import { openStore } from '#server/store/store.ts'
import type { Store } from '#server/store/store.ts'
import { ensureOwner } from '#server/store/users.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEngine } from './engine.ts'
import type { Engine } from './engine.ts'
import { createRunEgress } from './run-egress.ts'
import { runsFor } from './runs.ts'
import type { StepEnd } from './step-runner.ts'
import { workspaceId } from './steps/run-workspace.ts'
import { OK, forever, testRunner } from './test-runner.ts'
import type { Play } from './test-runner.ts'

const LOG = pino({ level: 'silent' })
const DENIED: Decision = {
  kind: 'connect',
  target: 'off.test:443',
  outcome: 'denied',
  reason: 'host',
  message: 'off.test is not on the list of allowed hosts.',
  ...{ list: 'allow', rule: 'off.test' },
}
let dataDir = ''
let postgres: Awaited<ReturnType<typeof startPostgres>>
let store: Store
let engine: Engine
let runs: Runs
/** How a step ends, by its run and id: asked for by whoever is first, the step or the test that has heard of it. */
const ends = new Map<string, PromiseWithResolvers<StepEnd>>()
function endOf(run: string, id: string): PromiseWithResolvers<StepEnd> {
  const end = ends.get(`${run} ${id}`) ?? Promise.withResolvers<StepEnd>()
  ends.set(`${run} ${id}`, end)
  return end
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chispart-run-egress-'))
  postgres = await startPostgres({ dataDir, log: () => undefined })
  store = await openStore(postgres)
  await ensureOwner(store)
  const held: Play = (call, signal) =>
    Promise.race([forever(call, signal), endOf(call.run.id, call.instance).promise])
  const runner = testRunner({ a: held, b: held })
  const kinds = stepKinds(CATALOG)
  engine = await startEngine({ url: postgres.url, runner, queues: ['shell'], kinds: ['shell'], log: LOG })
  const parts = { engine, kinds, workspaceOf: () => Promise.resolve(undefined) }
  runs = runsFor(parts, { owner: 'owner', plan: 'libre' })
})
afterAll(async () => {
  await engine.close()
  await store.close()
  await postgres.stop()
  await rm(dataDir, { recursive: true })
})

const step = (id: string) => `  - { id: ${id}, uses: exec, with: { cmd: "true" } }\n`

/** A run whose steps `a` and then `b` end when the test says so. */
async function begin(): Promise<string> {
  const text = `name: t\non: manual\nsteps:\n${step('a')}${step('b')}`
  return (await runs.start({ text, file: 't.yaml', inputs: {} })).id
}

/** Follows it until an event fits, from the first one on. */
async function until(run: string, fits: (event: RunEvent) => boolean): Promise<RunEvent[]> {
  const seen: RunEvent[] = []
  const enough = new AbortController()
  const look = async (event: RunEvent) => {
    seen.push(event)
    if (fits(event)) enough.abort()
  }
  await runs.watch(run, 0, look, enough.signal).catch((error: unknown) => {
    if (!enough.signal.aborted) throw error
  })
  return seen
}

const runningStep = (run: string, id: string) =>
  until(run, (event) => event.type === 'step' && event.step.id === id && event.step.state === 'running')

async function finish(run: string): Promise<RunEvent[]> {
  for (const id of ['a', 'b']) {
    await runningStep(run, id)
    endOf(run, id).resolve(OK)
  }
  const ended = (event: RunEvent) => event.type === 'run' && event.run.state === 'succeeded'
  return until(run, ended)
}

/** As a server does it, to the end. */
async function tell(workspace: string, ...decisions: Decision[]): Promise<void> {
  const egress = createRunEgress(store, LOG)
  for (const decision of decisions) egress.decided(workspace, decision)
  await egress.close()
}

const told = async (run: string): Promise<readonly EgressDecision[]> => (await runs.get(run)).egress

describe('what was decided about the network of a run', () => {
  it('is an event among the others, with the steps that ran, once for each step and decision', async () => {
    const run = await begin()
    const workspace = workspaceId({ id: run })
    await runningStep(run, 'a')
    const allowed: Decision = { kind: 'connect', target: 'ok.test:443', outcome: 'allowed', rule: '*.test' }
    const watched = until(run, ({ type }) => type === 'egress')
    await tell(workspace, DENIED, DENIED, allowed)
    const first = (await watched).find(({ type }) => type === 'egress')
    expect(first).toMatchObject({ egress: { ...DENIED, steps: ['a'] } })
    await tell(workspace, DENIED)
    endOf(run, 'a').resolve(OK)
    await runningStep(run, 'b')
    await tell(workspace, DENIED, DENIED)
    expect(await told(run)).toEqual([
      { ...DENIED, steps: ['a'] },
      { ...allowed, steps: ['a'] },
      { ...DENIED, steps: ['b'] },
    ])
    const events = await finish(run)
    expect(events.map(({ cursor }) => cursor)).toEqual(events.map((_, index) => index + 1))
  })

  it('goes to no other run, and to none that has ended', async () => {
    const [one, other] = [await begin(), await begin()]
    await runningStep(one, 'a')
    await tell(workspaceId({ id: one }), DENIED)
    await tell('w-of-a-person', DENIED)
    await finish(one)
    await tell(workspaceId({ id: one }), { ...DENIED, target: 'late.test:443' })
    expect([await told(one), await told(other)]).toEqual([[{ ...DENIED, steps: ['a'] }], []])
    await finish(other)
  })

  it('goes to the run that goes on in the workspace of another', async () => {
    const first = await begin()
    await runs.cancel(first)
    await until(first, (event) => event.type === 'run' && event.run.state === 'cancelled')
    await engine.sql`update runs set home = ${first} where id = ${await begin()}`
    await tell(workspaceId({ id: first }), DENIED)
    const [{ id }] = (await engine.sql`select id from runs where home = ${first}`) as unknown as [
      { id: string },
    ]
    expect(await told(id)).toMatchObject([DENIED])
    await finish(id)
  })

  it('is not told without end', async () => {
    const run = await begin()
    await runningStep(run, 'a')
    const many = Array.from({ length: EGRESS_TOLD_MAX + 5 }, (_, n) => ({
      ...DENIED,
      target: `${n}.test:443`,
    }))
    await tell(workspaceId({ id: run }), ...many)
    expect(await told(run)).toHaveLength(EGRESS_TOLD_MAX)
    await finish(run)
  })
})
