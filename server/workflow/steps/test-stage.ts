// Steps of a test: real sandboxes, a real Postgres, real logs, and a server that can die and come back. Only tests use it.
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pino } from 'pino'
import { CATALOG } from '#dsl/catalog.ts'
import { parseWorkflow } from '#dsl/workflow/parse.ts'
import { stepKinds } from '#dsl/workflow/step-kind.ts'
import type { Keeper } from '#server/artifacts/keeper.ts'
import { openTestArtifacts, OWNER } from '#server/artifacts/test-artifacts.ts'
import type { TestArtifacts } from '#server/artifacts/test-artifacts.ts'
import { createCaches } from '#server/caches/caches.ts'
import { createDispatch } from '#server/dispatch.ts'
import { parseRule } from '#server/egress/host.ts'
import { createNarrowing } from '#server/egress/narrowing.ts'
import { createEgress } from '#server/egress/proxy.ts'
import type { AuditEvent } from '#server/events/audit.ts'
import { bubblewrapDriver } from '#server/fleet/drivers/bubblewrap/driver.ts'
import type { Driver } from '#server/fleet/driver.ts'
import { createHub } from '#server/fleet/hub.ts'
import type { Hub } from '#server/fleet/hub.ts'
import { createMux } from '#server/fleet/mux.ts'
import { createReady } from '#server/fleet/ready.ts'
import { createFleet } from '#server/fleet/workspaces.ts'
import type { HomeFleet } from '#server/fleet/fleet.ts'
import { workspacesPower } from '#server/powers/workspaces.ts'
import { loadPlans, quotaFor } from '#server/quotas.ts'
import type { RunFacts, StepCall, StepEnd, StepRunner } from '#server/workflow/step-runner.ts'
import { runWorkspaces } from './run-workspace.ts'
import type { RunWorkspaces } from './run-workspace.ts'
import { createStepRunner } from './step-runner.ts'
import { withinBudget } from './within-budget.ts'

const PLANS = loadPlans('config/plans.json', {})
const ALLOWLIST = { pro: ['git *', 'printf *', 'cat *', 'sh *', 'sleep *'], libre: ['*'] }

export interface CallOptions {
  readonly plan?: string
  readonly run?: Partial<RunFacts>
  readonly names?: StepCall['scope']['names']
  readonly attempt?: number
}

export interface Stage {
  readonly artifacts: TestArtifacts
  readonly audited: readonly AuditEvent[]
  readonly server: Server
  /** The only step of `yaml`, as an engine hands it over. */
  callOf(yaml: string, options?: CallOptions): StepCall
  run(call: StepCall, signal?: AbortSignal): Promise<StepEnd>
  log(call: StepCall): Promise<string>
  /** The server is gone, as after kill -9: nothing of it goes on. Sandboxes do, and a new server takes its place. */
  restart(): Promise<void>
  close(): Promise<void>
}

interface Server {
  readonly fleet: HomeFleet
  readonly hub: Hub
  readonly driver: Driver
  readonly runner: StepRunner
  readonly workspaces: RunWorkspaces
  close(): Promise<void>
}

export async function openStage(): Promise<Stage> {
  const artifacts = await openTestArtifacts()
  const { store } = artifacts
  const folder = await mkdtemp(join(tmpdir(), 'steps-'))
  const log = pino({ level: 'silent' })
  const audited: AuditEvent[] = []
  const kinds = stepKinds(CATALOG)
  await store.db
    .$client`insert into users (id, name, role, plan) values (${OWNER}, ${OWNER}, 'owner', 'libre')`

  async function startServer(): Promise<Server> {
    let isDead = false
    const alive = <T>(promise: Promise<T>) => (isDead ? new Promise<never>(() => undefined) : promise)
    const keeper: Keeper = {
      async log(place) {
        const real = await alive(artifacts.keeper.log(place))
        return {
          length: real.length,
          append: (at, bytes) => alive(real.append(at, bytes)),
          close: (screen) => alive(real.close(screen)),
        }
      },
      add: (artifact, bytes) => alive(artifacts.keeper.add(artifact, bytes)),
    }
    const mux = createMux()
    const hub = createHub(mux, log)
    const hosts = ['one.test', 'two.test'].flatMap((text) => parseRule(text) ?? [])
    const narrowing = createNarrowing(new Map([['group', hosts.slice(0, 1)]]))
    const egress = createEgress({
      rules: (workspace) => Promise.resolve(narrowing.rulesFor(workspace, { allow: hosts, trusted: [] })),
      audit: { record: (event) => void audited.push(event) },
      log,
      resolve: () => Promise.resolve(['93.184.215.14']),
      connect: () => connect({ host: '127.0.0.1', port: 1 }),
    })
    const driver = bubblewrapDriver({
      dataDir: join(folder, 'data'),
      runtimeDir: resolve('dist/runtime'),
      nodeBinary: process.execPath,
      etc: () => Promise.resolve({}),
      exits: { link: hub.accept, egress: egress.accept },
      log: () => undefined,
    })
    const fleet = createFleet({
      host: 'test',
      ...{ store, driver, hub, egress: narrowing, log },
      ready: createReady(driver, log),
      quotaFor: quotaFor(store, PLANS),
      traffic: egress.carried,
    })
    await fleet.adopt()
    const dispatch = createDispatch({
      fleet,
      mux,
      allowlist: ALLOWLIST,
      audit: { record: (event) => void audited.push(event), close: () => Promise.resolve() },
      log,
      powers: (principal) =>
        principal ? { workspaces: workspacesPower(fleet, principal.user), stepKinds: kinds } : {},
    })
    const workspaces = runWorkspaces(fleet)
    const origin = 'http://localhost:3000'
    const caches = createCaches({ store, bytes: artifacts.artifacts.bytes, workspaces, log })
    const budget = withinBudget(store, () => undefined)
    const runner = createStepRunner({
      ...{ workspaces, dispatch, keeper, caches, withinBudget: budget, kinds, origin, log },
      redactor: artifacts.redactor,
      learn: () => Promise.resolve(),
    })
    return {
      fleet,
      hub,
      driver,
      runner,
      workspaces,
      async close() {
        isDead = true
        hub.close()
        await egress.close()
        await driver.close()
      },
    }
  }

  let server = await startServer()

  function callOf(
    yaml: string,
    { plan = 'libre', run, names = {}, attempt = 1 }: CallOptions = {},
  ): StepCall {
    const { workflow, problems } = parseWorkflow(yaml, kinds)
    const step = workflow?.steps[0]
    if (workflow === undefined || step === undefined) throw new Error(JSON.stringify(problems))
    const facts: RunFacts = { id: 'r1', owner: OWNER, plan, name: workflow.name, number: 1, workflow, ...run }
    const scope = { names: { context: {}, github: {}, inputs: {}, matrix: {}, steps: {}, ...names } }
    const key = `${facts.id}/${step.id}/${attempt}`
    return { run: facts, step, instance: step.id, attempt, scope, key }
  }

  return {
    artifacts,
    audited,
    callOf,
    get server() {
      return server
    },
    run: (call, signal = new AbortController().signal) => server.runner.run(call, signal, () => undefined),
    async log(call: StepCall): Promise<string> {
      const { id: run } = call.run
      const read = (offset: number) =>
        artifacts.mine.log(run, call.instance, { attempt: call.attempt, offset })
      let all = ''
      for (let page = await read(0); page.text !== ''; page = await read(page.end)) all += page.text
      return all
    },
    async restart() {
      await server.close()
      server = await startServer()
    },
    async close() {
      for (const row of await server.fleet.list(OWNER)) await server.fleet.remove(row)
      await server.close()
      await artifacts.close()
      await rm(folder, { recursive: true })
    },
  }
}
