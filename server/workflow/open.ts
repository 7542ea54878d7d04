// Puts together what runs workflows: the store of what steps leave behind, the runner of steps and the engine. It decides
// nothing itself.
import { CATALOG } from '#dsl/catalog.ts'
import type { Plans } from '#dsl/policy/quota.ts'
import { stepKinds } from '#dsl/workflow/step-kind.ts'
import { createArtifacts } from '#server/artifacts/artifacts.ts'
import type { ArtifactStore } from '#server/artifacts/artifacts.ts'
import { openBlobs } from '#server/artifacts/open-blobs.ts'
import type { S3Options } from '#server/artifacts/s3-blobs.ts'
import { createCaches } from '#server/caches/caches.ts'
import type { Dispatch } from '#server/dispatch.ts'
import type { Audit } from '#server/events/audit.ts'
import type { Fleet } from '#server/fleet/fleet.ts'
import type { StatusTeller } from '#server/github/tell-status.ts'
import type { EstimateOf } from '#server/llm/estimate.ts'
import type { Log } from '#server/log.ts'
import type { QuotaFor } from '#server/quotas.ts'
import type { Redactor } from '#server/redact/redactor.ts'
import { ownerOfRun } from '#server/store/runs.ts'
import type { Store } from '#server/store/store.ts'
import type { NewRun } from './begin-run.ts'
import { startChecks } from './checks.ts'
import { startEngine } from './engine.ts'
import type { Engine } from './engine.ts'
import { createHooks } from './hooks.ts'
import type { Hooks } from './hooks.ts'
import { startRun } from './runs.ts'
import type { RunsParts } from './runs.ts'
import { startSchedule } from './schedule.ts'
import { QUEUES } from './steps/queue.ts'
import { sweepLeftRegularly } from './left-workspaces.ts'
import { runWorkspaces, workspaceId } from './steps/run-workspace.ts'
import { createStepRunner } from './steps/step-runner.ts'
import { withinBudget } from './steps/within-budget.ts'

export interface ArtifactsSpec {
  readonly dataDir: string
  readonly s3: S3Options | undefined
  readonly key: Uint8Array
  readonly store: Store
  readonly redactor: () => Redactor
  readonly quotaFor: QuotaFor
  readonly audit: Audit
  readonly log: Log
}

export function openArtifacts({
  dataDir,
  s3,
  key,
  store,
  redactor,
  quotaFor,
  audit,
  log,
}: ArtifactsSpec): ArtifactStore {
  const { blobs, staging } = openBlobs(dataDir, s3)
  const artifacts = createArtifacts({
    ...{ store, blobs, staging, key, redactor, quotaFor, audit, log },
    ownerOf: (run) => ownerOfRun(store, run),
  })
  const close = async () => {
    await artifacts.close()
    blobs.close()
  }
  return { ...artifacts, close }
}

export interface WorkSpec {
  readonly databaseUrl: string
  readonly store: Store
  /** Kinds of work that this process takes. */
  readonly workers: readonly string[]
  /** Hours that the workspace of a failed run is kept. */
  readonly keepHours: number
  /** What each person may run. */
  readonly plans: Plans
  readonly fleet: Fleet
  readonly dispatch: Dispatch
  /** What a question to a model can cost. */
  readonly estimateOf: EstimateOf
  readonly artifacts: ArtifactStore
  readonly redactor: () => Redactor
  /** Lets it know the secrets of a person. */
  readonly learn: (owner: string) => Promise<void>
  /** Where commits hear how runs go; without it they hear nothing. */
  readonly github: StatusTeller | undefined
  readonly audit: Audit
  /** Where links that steps make lead. */
  readonly origin: string
  readonly log: Log
}

export interface Work extends Omit<RunsParts, 'kinds'> {
  readonly engine: Engine
  /** Begins what waits for something that happened elsewhere. */
  readonly hooks: Hooks
  /** Brings the clock in line with the stored workflows. */
  readonly changed: () => void
  /** Lets go of what runs, which goes on at the next start. */
  close(): Promise<void>
}

export async function startWork(spec: WorkSpec): Promise<Work> {
  const { databaseUrl: url, store, workers: queues, fleet, dispatch, artifacts, plans, origin, log } = spec
  const workspaces = runWorkspaces(fleet)
  const kinds = stepKinds(CATALOG)
  const { keeper, bytes } = artifacts
  const caches = createCaches({ store, bytes, workspaces, log })
  const budget = withinBudget(store, spec.estimateOf)
  const { github, audit } = spec
  const checks = github && startChecks({ store, github, origin, audit, log })
  const runner = createStepRunner({
    ...{ workspaces, dispatch, keeper, caches, withinBudget: budget, checks, kinds, origin, log },
    ...{ redactor: spec.redactor, learn: spec.learn },
  })
  const engine = await startEngine({ url, runner, queues, kinds: QUEUES, plans, log })
  if (checks) engine.watch(checks.changed)
  const begin = (run: NewRun) => startRun(engine, run)
  const kept = sweepLeftRegularly({ store, workspaces, hours: spec.keepHours, log })
  const hooks = createHooks({ store, kinds, log, begin, tellsCommits: checks !== undefined })
  const schedule = await startSchedule({ url, store, kinds, log, begin })
  return {
    engine,
    hooks,
    changed: () => void schedule.sync(),
    async close() {
      await schedule.close()
      await kept.close()
      await engine.close()
      await checks?.close()
    },
    async workspaceOf(run, owner) {
      const all = await fleet.list(owner)
      return all.find(({ id }) => id === workspaceId({ id: run }))?.name
    },
  }
}
