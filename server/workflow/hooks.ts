// What happened elsewhere begins the stored workflows that wait for it, each once for a delivery. Who says that it happened
// is the door's to verify.
import { toFault } from '#dsl/fault.ts'
import type { RunInfo } from '#dsl/powers/runs.ts'
import { loadWorkflow } from '#dsl/workflow/parse.ts'
import type { StepKinds } from '#dsl/workflow/step-kind.ts'
import { triggered } from '#dsl/workflow/trigger.ts'
import type { Happening } from '#dsl/workflow/trigger.ts'
import type { Log } from '#server/log.ts'
import type { Store } from '#server/store/store.ts'
import { findUser } from '#server/store/users.ts'
import { findWorkflow, listTriggered } from '#server/store/workflows.ts'
import type { NewRun } from './begin-run.ts'

/** Faults of one workflow that say nothing of the others, and are the same at the next delivery. */
const ITS_OWN: ReadonlySet<string> = new Set(['invalid', 'exhausted', 'denied'])
/** The index that a second run of one delivery breaks (server/store/run-tables). */
const ONCE = 'runs_delivery_idx'

export interface HooksParts {
  readonly store: Store
  readonly kinds: StepKinds
  /** Starts a run; `startRun` of the engine. */
  readonly begin: (spec: NewRun) => Promise<RunInfo>
  /** Whether commits on GitHub hear how their runs go. */
  readonly tellsCommits: boolean
  readonly log: Log
}

export interface Delivery {
  readonly happening: Extract<Happening, { type: 'github' | 'webhook' }>
  /** Id of the delivery; without one every delivery is its own. */
  readonly id: string | undefined
  readonly repo?: string | undefined
  readonly branch?: string | undefined
  /** Of `repo`: the commit on GitHub that hears how the runs go. */
  readonly commit?: string | undefined
}

export type Hooks = (delivery: Delivery) => Promise<RunInfo[]>

/** Answers the runs that began now. Faults: unavailable (the database); delivered again, the rest begins. */
export function createHooks({ store, kinds, begin, tellsCommits, log }: HooksParts): Hooks {
  async function beginOne(ownerId: string, name: string, delivery: Delivery): Promise<RunInfo | undefined> {
    const { happening, id, repo, branch, commit } = delivery
    const [row, user] = await Promise.all([findWorkflow(store, ownerId, name), findUser(store, ownerId)])
    if (!row || !user) return undefined
    const file = `${name}.yaml`
    try {
      const workflow = loadWorkflow(row.text, kinds, file)
      if (!triggered(workflow, happening)) return undefined
      const spec = { owner: ownerId, plan: user.plan, workflow, source: row.text, file, inputs: {} }
      return await begin({
        ...spec,
        trigger: happening.type,
        event: happening.body,
        repo,
        branch,
        commit: tellsCommits ? commit : undefined,
        delivery: id,
      })
    } catch (error) {
      if ((error as { constraint_name?: unknown }).constraint_name === ONCE) return undefined
      if (!ITS_OWN.has(toFault(error).code)) throw error
      log.warn({ err: error, workflow: name, user: ownerId }, 'a workflow was called and could not begin')
      return undefined
    }
  }

  return async (delivery) => {
    const runs: RunInfo[] = []
    // One after the other: those of a group and of one person's quota wait for each other in the database anyway.
    for (const { ownerId, name } of await listTriggered(store, delivery.happening.type)) {
      const run = await beginOne(ownerId, name, delivery)
      if (run) runs.push(run)
    }
    return runs
  }
}
