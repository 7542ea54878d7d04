// Puts together what answers calls and runs the steps of workflows, for a server and for a worker alike. It opens no door
// and no sandbox.
import { join, resolve } from 'node:path'
import type { Allowlist } from '#dsl/policy/plan.ts'
import type { Plans } from '#dsl/policy/quota.ts'
import { createAuth } from './auth/auth.ts'
import type { Auth } from './auth/auth.ts'
import { loadTokenKey } from './auth/token-key.ts'
import type { Config } from './config.ts'
import { createDispatch } from './dispatch.ts'
import type { Dispatch } from './dispatch.ts'
import type { ArtifactStore } from './artifacts/artifacts.ts'
import type { Audit } from './events/audit.ts'
import type { Mux } from './fleet/mux.ts'
import type { Fleet } from './fleet/fleet.ts'
import { statusTeller } from './github/tell-status.ts'
import { ownUrl } from './hosts.ts'
import { estimateBy } from './llm/estimate.ts'
import { loadPrices } from './llm/prices.ts'
import type { Log } from './log.ts'
import { controlPowers } from './powers/control.ts'
import { githubPower } from './powers/github.ts'
import { llmPower } from './powers/llm.ts'
import { meteredLlm } from './powers/metered-llm.ts'
import { openPairing } from './powers/pairing.ts'
import { redactedLlm } from './powers/redacted-llm.ts'
import { quotaFor } from './quotas.ts'
import type { Secrets } from './redact/secrets.ts'
import type { Store } from './store/store.ts'
import { createLearning } from './vault/credentials.ts'
import type { Vault } from './vault/vault.ts'
import { openArtifacts, startWork } from './workflow/open.ts'
import type { Hooks } from './workflow/hooks.ts'
import type { Work } from './workflow/open.ts'

export interface CallsParts {
  readonly config: Config
  readonly allowlist: Allowlist
  readonly plans: Plans
  readonly databaseUrl: string
  /** Directory of this project. */
  readonly root: string
  readonly store: Store
  readonly vault: Vault
  readonly secrets: Secrets
  readonly audit: Audit
  readonly fleet: Fleet
  readonly mux: Mux
  readonly log: Log
  /** Is told how each part ends, in the order in which they began. */
  readonly closing: (end: () => Promise<void> | void) => void
}

export interface Calls {
  readonly auth: Auth
  readonly dispatch: Dispatch
  readonly artifacts: ArtifactStore
  readonly hooks: Hooks
}

/** Faults: invalid (configuration), unavailable (the database). */
export async function openCalls(parts: CallsParts): Promise<Calls> {
  const { config, allowlist, plans, databaseUrl, root, store, vault, secrets } = parts
  const { audit, fleet, mux, log, closing } = parts
  const dataDir = resolve(config.dataDir)
  const prices = loadPrices(config.pricesFile)
  const estimateOf = estimateBy(prices, config.llm.model)
  const quotas = quotaFor(store, plans)
  const metered = { llm: llmPower(config.llm, prices), store, estimateOf, quotaFor: quotas }
  const secret = { secret: config.jwtSecret, production: config.production }
  const key = await loadTokenKey({ dataDir, ...secret })
  const { redactor } = secrets
  const learn = createLearning(store, vault, secrets)
  const artifacts = openArtifacts({
    ...{ dataDir, s3: config.s3, key, store, redactor, quotaFor: quotas, audit, log },
  })
  closing(() => artifacts.close())
  const auth = createAuth({ store, key, ownerToken: config.ownerToken })
  // Steps begin as soon as the engine does, and may call ops before it is handed over here.
  const begun: { work?: Work } = {}
  const powers = controlPowers({
    fleet,
    pairing: await openPairing(auth),
    vault,
    llmFor: (owner) => redactedLlm(meteredLlm(metered, owner), { redactor, learn: () => learn(owner) }),
    github: githubPower(config.github),
    host: config.host,
    examples: join(root, 'workflows'),
    artifacts,
    work: () => begun.work,
  })
  const dispatch = createDispatch({ fleet, mux, allowlist, audit, log, powers })
  const work = await startWork({
    ...{ databaseUrl, store, workers: config.workers, keepHours: config.runKeepHours, plans },
    ...{ fleet, dispatch, artifacts, estimateOf, redactor, learn, audit },
    github: statusTeller(config.github),
    origin: ownUrl(config.host, config.port),
    log: log.child({ part: 'workflow' }),
  })
  begun.work = work
  closing(() => work.close())
  return { auth, dispatch, artifacts, hooks: work.hooks }
}
