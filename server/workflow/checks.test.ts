import { EventEmitter, once } from 'node:events'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CATALOG } from '#dsl/catalog.ts'
import { Fault } from '#dsl/fault.ts'
import { loadWorkflow } from '#dsl/workflow/parse.ts'
import { stepKinds } from '#dsl/workflow/step-kind.ts'
import type { Audit, AuditEvent } from '#server/events/audit.ts'
import type { StatusTeller, ToldStatus } from '#server/github/tell-status.ts'
import { openTestStore } from '#server/store/test-store.ts'
import type { TestStore } from '#server/store/test-store.ts'
import { ensureOwner } from '#server/store/users.ts'
import { startChecks } from './checks.ts'
import type { Checks } from './checks.ts'
import { startEngine } from './engine.ts'
import type { Engine } from './engine.ts'
import { runsFor, startRun } from './runs.ts'
import type { RunFacts } from './step-runner.ts'
import { OK, failed, forever, testRunner } from './test-runner.ts'
import type { Play } from './test-runner.ts'

const KINDS = stepKinds(CATALOG)
const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' })
const REPO = 'https://github.com/acme/parity.git'
const ORIGIN = 'https://chispart.example'
const closers: (() => Promise<void>)[] = []
let test: TestStore
/** Each test has a commit of its own. */
let last = 0
let sha = ''

beforeAll(async () => {
  test = await openTestStore()
  await ensureOwner(test.store)
})
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})
afterAll(() => test.close())

interface Teller extends StatusTeller {
  readonly told: ToldStatus[]
  /** Resolves once so many tries have come in. */
  tries(count: number): Promise<void>
  /** Resolves once so many were taken. */
  hears(count: number): Promise<void>
}

/** Who is told: `answer` refuses, or takes its time. */
function teller(
  answer: (status: ToldStatus, signal: AbortSignal) => Promise<void> | void = () => undefined,
): Teller {
  const told: ToldStatus[] = []
  const heard = new EventEmitter()
  let count = 0
  return {
    told,
    address: (name) => `https://github.com/${name}.git`,
    async tell(status, signal) {
      count += 1
      heard.emit('try')
      await answer(status, signal)
      told.push(status)
      heard.emit('told')
    },
    async hears(wanted) {
      while (told.length < wanted) await once(heard, 'told')
    },
    async tries(wanted) {
      while (count < wanted) await once(heard, 'try')
    },
  }
}

async function engineOf(plays: Readonly<Record<string, Play>>): Promise<Engine> {
  const parts = { url: test.url, runner: testRunner(plays), queues: ['shell'], kinds: ['shell'], log }
  const engine = await startEngine(parts)
  closers.push(() => engine.close())
  return engine
}

/** What one process has: the engine's news reach it. */
function listen(engine: Engine, github: StatusTeller, rows: AuditEvent[] = []): Checks {
  const audit: Audit = { record: (event) => void rows.push(event), close: () => Promise.resolve() }
  const checks = startChecks({ store: test.store, github, origin: ORIGIN, audit, log })
  const deaf = engine.watch(checks.changed)
  closers.push(() => {
    deaf()
    return checks.close()
  })
  return checks
}

const step = (id: string, more = '') => `  - { id: ${id}, uses: exec, with: { cmd: "true" }${more} }\n`

/** As a webhook begins it. */
async function begin(engine: Engine, steps = step('build'), head = '', commit: string | undefined = sha) {
  const source = `name: ci\n${head}on: github:push\nsteps:\n${steps}`
  const workflow = loadWorkflow(source, KINDS)
  const spec = { owner: 'owner', plan: 'libre', workflow, source, file: 'ci.yaml', inputs: {} }
  return startRun(engine, { ...spec, trigger: 'github', repo: REPO, branch: 'main', commit })
}

const runs = (engine: Engine) =>
  runsFor(
    { engine, kinds: KINDS, workspaceOf: () => Promise.resolve(undefined) },
    { owner: 'owner', plan: 'libre' },
  )
const ended = (engine: Engine, run: string) =>
  runs(engine).watch(run, 0, () => Promise.resolve(), new AbortController().signal)
const rowOf = async (run: string) => {
  const [row] = await test.store.db.$client<
    { told: string; tries: number; done: boolean; waits: number }[]
  >`select told, tries, done, extract(epoch from due - now())::float8 as waits from checks where run_id = ${run}`
  return row
}
/** As if so much time had passed. */
const makeDue = (run: string) => test.store.db.$client`update checks set due = now() where run_id = ${run}`
const said = ({ told }: Teller) => told.map(({ state }) => state)

beforeEach(() => {
  last += 1
  sha = String(last).padStart(40, 'a')
})

/** A step that goes on until the test lets it end. */
function gate(): { play: Play; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { play: () => promise.then(() => OK), open: resolve }
}

describe('a commit whose webhook began a run', () => {
  it('hears that the run goes on, and that it succeeded, each once, however many processes listen', async () => {
    const { play, open } = gate()
    const engine = await engineOf({ build: play })
    const github = teller()
    const rows: AuditEvent[] = []
    for (let n = 0; n < 3; n += 1) listen(engine, github, rows)
    const run = await begin(engine, step('build') + step('more'))
    await github.hears(1)
    open()
    await github.hears(2)
    await ended(engine, run.id)
    for (const close of closers.splice(0).reverse()) await close()
    const common = { repo: REPO, sha, context: 'chispart/ci', targetUrl: `${ORIGIN}/runs/${run.id}` }
    expect(github.told).toEqual([
      { ...common, state: 'pending', description: `Run #${run.number} goes on.` },
      { ...common, state: 'success', description: expect.stringMatching(/succeeded in \d+ s\.$/) as string },
    ])
    expect(await rowOf(run.id)).toMatchObject({ done: true })
    expect(rows.map(({ action, outcome, target }) => [action, outcome, target])).toEqual(
      Array.from({ length: 2 }, () => ['github.status', 'ok', `${REPO}@${sha}`]),
    )
  })

  it.each([
    ['failure', /failed: test\.$/, { plays: { test: () => failed('secret text of a command') } }],
    ['error', /longer than it may\.$/, { plays: { test: forever }, head: 'policy: { max_time_ms: 400 }\n' }],
  ] as const)(
    'hears that it ended as %s, and nothing of what a step said',
    async (state, description, how) => {
      const engine = await engineOf(how.plays)
      const github = teller()
      listen(engine, github)
      const run = await begin(engine, step('build') + step('test'), 'head' in how ? how.head : '')
      await ended(engine, run.id)
      while (github.told.at(-1)?.state !== state) await github.hears(github.told.length + 1)
      expect(github.told.at(-1)).toMatchObject({
        state,
        description: expect.stringMatching(description) as string,
      })
    },
  )

  it('hears of a cancelled one that it erred', async () => {
    const engine = await engineOf({ build: forever })
    const github = teller()
    listen(engine, github)
    const run = await begin(engine)
    await github.hears(1)
    await runs(engine).cancel(run.id)
    await github.hears(2)
    expect(github.told.map(({ state, description }) => [state, description])).toEqual([
      ['pending', `Run #${run.number} goes on.`],
      ['error', `Run #${run.number} was cancelled.`],
    ])
  })

  it('hears that the run waits for an approval, and goes on after it', async () => {
    const { play, open } = gate()
    const engine = await engineOf({ deploy: play })
    const github = teller()
    listen(engine, github)
    const run = await begin(engine, step('deploy', ', approval: { message: "Live?" }'))
    await github.hears(1)
    while (!github.told.at(-1)?.description.endsWith('waits for an approval: deploy.'))
      await github.hears(github.told.length + 1)
    await runs(engine).decide(run.id, 'deploy', { approved: true })
    await github.hears(github.told.length + 1)
    open()
    await github.hears(github.told.length + 1)
    expect(said(github).slice(-3)).toEqual(['pending', 'pending', 'success'])
    expect(github.told.at(-2)?.description).toBe(`Run #${run.number} goes on.`)
  })

  it('hears nothing of an earlier run once a later one speaks for it', async () => {
    const { play, open } = gate()
    let runsSoFar = 0
    const engine = await engineOf({ build: (call, signal) => (runsSoFar++ === 0 ? play(call, signal) : OK) })
    const github = teller()
    listen(engine, github)
    const first = await begin(engine)
    await github.hears(1)
    const second = await begin(engine)
    await ended(engine, second.id)
    while (github.told.at(-1)?.state !== 'success') await github.hears(github.told.length + 1)
    open()
    await ended(engine, first.id)
    const heard = github.told.length
    for (const close of closers.splice(0).reverse()) await close()
    listen(await engineOf({}), github)
    for (const close of closers.splice(0).reverse()) await close()
    expect(github.told).toHaveLength(heard)
    expect(await rowOf(first.id)).toMatchObject({ done: true })
  })
})

describe('a run without a commit', () => {
  it('tells nobody', async () => {
    const engine = await engineOf({})
    const github = teller()
    listen(engine, github)
    const source = `name: ci\non: manual\nsteps:\n${step('build')}`
    const run = await runs(engine).start({
      text: source,
      file: 'ci.yaml',
      inputs: {},
      repo: REPO,
      branch: 'main',
    })
    await ended(engine, run.id)
    for (const close of closers.splice(0).reverse()) await close()
    expect(github.told).toEqual([])
  })
})

describe('the commit of a pull request that a run opened', () => {
  it('hears that it goes on, and the end, also when the run ends in the same moment', async () => {
    const github = teller()
    const open: { checks?: Checks } = {}
    const pull = ({ run }: { run: RunFacts }) => open.checks?.opened(run, { repo: 'acme/parity', sha })
    const engine = await engineOf({
      // Delivered twice, as after a crash.
      pr: async (call) => {
        await Promise.all([pull(call), pull(call)])
        return OK
      },
    })
    open.checks = listen(engine, github)
    const run = await begin(engine, step('pr'), '', '')
    await ended(engine, run.id)
    await github.hears(2)
    expect(said(github)).toEqual(['pending', 'success'])
    expect(github.told[0]).toMatchObject({ repo: REPO, sha, context: 'chispart/ci' })
  })
})

describe('a status that nobody told', () => {
  it('is told at the next start when every process died before the run ended or after', async () => {
    const engine = await engineOf({})
    const run = await begin(engine)
    await ended(engine, run.id)
    const github = teller()
    listen(engine, github)
    await github.hears(1)
    expect(said(github)).toEqual(['success'])
  })

  it('is told by another process when one dies in the midst of it', async () => {
    const engine = await engineOf({})
    const never = Promise.withResolvers<void>()
    const dying = teller(() => never.promise)
    listen(engine, dying)
    const run = await begin(engine)
    await ended(engine, run.id)
    await dying.tries(1)
    const github = teller()
    const checks = listen(engine, github)
    // As long as the first one may be at it, nobody else is.
    await makeDue(run.id)
    checks.changed(run.id)
    await github.hears(1)
    expect(said(github)).toEqual(['success'])
    never.resolve()
  })
})

describe('GitHub that is away or refuses', () => {
  const refuse = (fault: Fault) => teller(() => Promise.reject(fault))

  it.each([
    new Fault('forbidden', 'GitHub answered 403: Resource not accessible.'),
    new Fault('not_found', 'GitHub answered 404: Not Found.'),
    new Fault('invalid', 'GitHub answered 422: No commit found for SHA.'),
    new Fault('unavailable', 'GitHub does not answer.'),
  ])('is told again some times, then it is logged and audited: $code', async (fault) => {
    const engine = await engineOf({})
    const github = refuse(fault)
    const rows: AuditEvent[] = []
    // The run ends before anybody tells it, so that there is one thing to tell.
    const run = await begin(engine)
    await ended(engine, run.id)
    const checks = listen(engine, github, rows)
    for (let tries = 1; tries <= 13; tries += 1) {
      await github.tries(tries)
      await untilRow(run.id, (row) => row.tries === tries || row.done)
      const row = await rowOf(run.id)
      expect(row?.done).toBe(tries === 13)
      if (tries === 2) expect(row?.waits).toBeGreaterThan(2)
      if (tries === 9) expect(row?.waits).toBeGreaterThan(500)
      await makeDue(run.id)
      checks.changed(run.id)
    }
    expect(rows).toMatchObject([{ action: 'github.status', outcome: fault.code, reason: fault.message }])
    expect((await runs(engine).get(run.id)).run.state).toBe('succeeded')
  })

  it('hears the end with as many tries, however often it refused that the run goes on', async () => {
    const { play, open } = gate()
    const engine = await engineOf({ build: play })
    const github = teller(({ state }) =>
      state === 'pending' ? Promise.reject(new Fault('unavailable', 'away')) : undefined,
    )
    const checks = listen(engine, github)
    const run = await begin(engine)
    await github.tries(1)
    await untilRow(run.id, ({ tries }) => tries === 1)
    await test.store.db.$client`update checks set tries = 12, due = now() where run_id = ${run.id}`
    checks.changed(run.id)
    await github.tries(2)
    open()
    await ended(engine, run.id)
    await github.hears(1)
    expect(said(github)).toEqual(['success'])
  })

  it('is waited for as long as it asks, and at most an hour', async () => {
    for (const [retryAfterSeconds, atLeast] of [
      [90, 80],
      [1e12, 3500],
    ] as const) {
      const engine = await engineOf({})
      const github = refuse(new Fault('rate_limited', 'slow down', { data: { retryAfterSeconds } }))
      const run = await begin(engine)
      await ended(engine, run.id)
      listen(engine, github)
      await github.tries(1)
      await untilRow(run.id, ({ tries }) => tries === 1)
      const row = await rowOf(run.id)
      expect(row?.waits).toBeGreaterThan(atLeast)
      expect(row?.waits).toBeLessThanOrEqual(3600)
    }
  })

  it('that never answers holds up no run, and no stop', async () => {
    const engine = await engineOf({})
    const github = teller(
      (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error))
        }),
    )
    listen(engine, github)
    const run = await begin(engine, step('build') + step('test'))
    await ended(engine, run.id)
    await github.tries(1)
    for (const close of closers.splice(0).reverse()) await close()
    // What was not told is due at once.
    const row = await rowOf(run.id)
    expect([row?.done, (row?.waits ?? 1) <= 0]).toEqual([false, true])
  })
})

async function untilRow(
  run: string,
  fits: (row: NonNullable<Awaited<ReturnType<typeof rowOf>>>) => boolean,
): Promise<void> {
  for (;;) {
    const row = await rowOf(run)
    if (row && fits(row)) return
  }
}
