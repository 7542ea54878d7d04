// Where new runs come in: those that come while others are written share the next transaction, so that many that begin at
// once wait for few commits. It never holds one back for others to come.
import type { Sql } from 'postgres'
import type { Plans } from '#dsl/policy/quota.ts'
import { readInputs } from '#dsl/workflow/inputs.ts'
import { beginRun, beginRuns } from './begin-run.ts'
import type { Begun, NewRun } from './begin-run.ts'

/** Runs of one transaction. */
const MOST = 100

interface Waiting {
  readonly spec: NewRun
  readonly begun: PromiseWithResolvers<Begun>
}

/** Faults: as of `beginRun`, each run its own. */
export function openIntake(sql: Sql, plans?: Plans): (spec: NewRun) => Promise<Begun> {
  const waiting: Waiting[] = []
  let writing = false

  async function write(): Promise<void> {
    writing = true
    while (waiting.length > 0) await writeAll(sql, plans, waiting.splice(0, MOST))
    writing = false
  }

  return async (spec) => {
    // Groups and workspaces have locks of their own, which several runs at once could take in different orders.
    if (spec.workflow.concurrency !== undefined || spec.home !== undefined) return beginRun(sql, spec, plans)
    readInputs(spec.workflow, spec.inputs)
    const begun = Promise.withResolvers<Begun>()
    waiting.push({ spec, begun })
    if (!writing) void write()
    return begun.promise
  }
}

/** Never rejects. What none of them could do together, each tries for itself: one may be what Postgres cannot store. */
async function writeAll(sql: Sql, plans: Plans | undefined, all: readonly Waiting[]): Promise<void> {
  try {
    const specs = all.map(({ spec }) => spec)
    const begun = await beginRuns(sql, specs, plans)
    all.forEach((one, index) => {
      const own = begun[index]
      if (own) one.begun.resolve(own)
    })
  } catch (error) {
    if (all.length === 1) return all[0]?.begun.reject(error)
    for (const one of all) await beginRun(sql, one.spec, plans).then(one.begun.resolve, one.begun.reject)
  }
}
