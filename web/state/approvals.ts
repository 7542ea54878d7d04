// What waits for this person to say yes or no, over all runs. Asked again while anybody looks; it never guesses.
import type { OpOutput } from '#dsl/catalog.ts'
import type { Link } from '#web/link/link.ts'
import { createList } from './list.ts'

type Waiting = OpOutput<'run.approvals'>['approvals'][number]
export interface Approval extends Waiting {
  readonly id: string
}

/** Milliseconds between looks. */
const LOOK_MS = 3_000

export function createApprovals(link: Link) {
  return createList<Approval>({
    link,
    everyMs: LOOK_MS,
    async ask() {
      const { approvals } = await link.call('run.approvals', {})
      return approvals.map((one) => ({ ...one, id: `${one.run}/${one.step}` }))
    },
  })
}

export type Approvals = ReturnType<typeof createApprovals>
