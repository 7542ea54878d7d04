// The ops that a sandbox's runtime performs: those of the catalog that run in a workspace. The bundle has a file in the
// place of this one that knows their names and loads each at its first call (infra/scripts/workspace-ops.ts): a sandbox
// that waits for a catalog waits twice as long for its prompt.
import { findOp } from '#dsl/catalog.ts'
import type { Op } from '#dsl/op.ts'

/** The op of that name or alias, if it runs in a workspace. */
export function workspaceOp(name: string): Promise<Op | undefined> {
  const op = findOp(name)
  return Promise.resolve(op?.runs === 'workspace' ? op : undefined)
}
