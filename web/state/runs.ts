// The runs that a person may see, newest first: the first page kept fresh while anybody looks, older pages as they were
// asked for. It never guesses a state.
import { createSignal } from 'solid-js'
import type { OpOutput } from '#dsl/catalog.ts'
import { toFault } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'
import type { Link } from '#web/link/link.ts'
import { createList } from './list.ts'

export type Run = OpOutput<'run.list'>['runs'][number]
export type RunState = Run['state']

/** Milliseconds between looks: runs are started elsewhere too. */
const LOOK_MS = 3_000
const PAGE = 30

const ENDED: readonly RunState[] = ['succeeded', 'failed', 'cancelled', 'timed_out', 'over_budget']
export const hasEnded = ({ state }: Pick<Run, 'state'>): boolean => ENDED.includes(state)

export interface RunsFilter {
  readonly state?: RunState | undefined
  readonly workflow?: string | undefined
}

export function createRuns(link: Link, filter: () => RunsFilter = () => ({}), limit = PAGE) {
  const [older, setOlder] = createSignal<readonly Run[]>([])
  const [cursor, setCursor] = createSignal<string>()
  const [fault, setFault] = createSignal<Fault>()
  let wanted = ''

  const { items, ...rest } = createList<Run>({
    link,
    everyMs: LOOK_MS,
    async ask() {
      const asked = JSON.stringify(filter())
      const page = await link.call('run.list', { ...filter(), limit })
      // Another filter: what was asked for before is not of this list.
      if (asked !== wanted) {
        wanted = asked
        setOlder([])
        setCursor(page.cursor)
      } else if (older().length === 0) setCursor(page.cursor)
      return page.runs
    },
  })

  async function more(): Promise<void> {
    const from = cursor()
    if (from === undefined) return
    setFault(undefined)
    try {
      const page = await link.call('run.list', { ...filter(), cursor: from, limit })
      setOlder((before) => [...before, ...page.runs])
      setCursor(page.cursor)
    } catch (error) {
      setFault(toFault(error))
    }
  }
  const all = () => {
    const first = new Set(items.map(({ id }) => id))
    return [...items, ...older().filter(({ id }) => !first.has(id))]
  }
  return {
    ...rest,
    list: all,
    fault: () => fault() ?? rest.fault(),
    hasMore: () => cursor() !== undefined,
    more,
  }
}
