// The powers of control ops, narrowed to the one who calls. A stranger gets none but the power to ask to be paired.
import { CATALOG } from '#dsl/catalog.ts'
import type { Github } from '#dsl/powers/github.ts'
import type { Llm } from '#dsl/powers/llm.ts'
import type { Powers } from '#dsl/powers/powers.ts'
import { stepKinds } from '#dsl/workflow/step-kind.ts'
import type { ArtifactStore } from '#server/artifacts/artifacts.ts'
import type { Principal } from '#server/auth/principal.ts'
import type { Peer } from '#server/dispatch.ts'
import type { Fleet } from '#server/fleet/fleet.ts'
import { sharedOrigin } from '#server/hosts.ts'
import { loadExamples } from '#server/workflow/examples.ts'
import type { Vault } from '#server/vault/vault.ts'
import { runsFor } from '#server/workflow/runs.ts'
import type { RunsParts } from '#server/workflow/runs.ts'
import { credentialsPower } from './credentials.ts'
import { devicesFor } from './devices.ts'
import { pairingFor } from './pairing.ts'
import type { PairingParts } from './pairing.ts'
import { workflowsPower } from './workflows.ts'
import { workspacesPower } from './workspaces.ts'

export interface ControlParts {
  readonly fleet: Fleet
  readonly pairing: PairingParts
  readonly vault: Vault
  /** Metered for each person who calls. */
  readonly llmFor: (owner: string) => Llm
  readonly github: Github
  /** Address that the server listens on. */
  readonly host: string
  /** Absolute path of the folder of example workflows. */
  readonly examples: string
  readonly artifacts: ArtifactStore
  /** Undefined until the engine has begun. */
  readonly work: () => (Omit<RunsParts, 'kinds'> & { readonly changed: () => void }) | undefined
}

export function controlPowers({
  fleet,
  pairing,
  vault,
  llmFor,
  github,
  host,
  examples,
  artifacts,
  work,
}: ControlParts) {
  const kinds = stepKinds(CATALOG)
  const changed = () => work()?.changed()
  const stored = { store: pairing.auth.store, kinds, examples: loadExamples(examples, kinds), changed }
  const runsOf = ({ user: owner, plan }: Principal): Pick<Powers, 'runs'> | undefined => {
    const parts = work()
    return parts && { runs: runsFor({ ...parts, kinds }, { owner, plan }) }
  }
  return (principal: Principal | undefined, { address, origin }: Peer): Partial<Powers> => ({
    pairing: pairingFor(pairing, { principal, address, origin: sharedOrigin(origin, host) }),
    ...(principal && {
      ...runsOf(principal),
      devices: devicesFor(pairing, principal),
      credentials: credentialsPower({ store: pairing.auth.store, vault }, principal),
      workspaces: workspacesPower(fleet, principal.user),
      workflows: workflowsPower(stored, principal.user),
      artifacts: artifacts.powerFor(principal.user, origin),
      stepKinds: kinds,
      llm: llmFor(principal.user),
      github,
    }),
  })
}
