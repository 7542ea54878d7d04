// One run as it happens: every event once and in order, over lost connections too. It never guesses what comes next.
import { createSignal, onCleanup } from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import type { OpEvent, OpOutput } from '#dsl/catalog.ts'
import { toFault } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'
import type { Link } from '#web/link/link.ts'
import { hasEnded } from './runs.ts'
import type { Run } from './runs.ts'

export type RunDetail = OpOutput<'run.get'>
export type Step = RunDetail['steps'][number]
export type Egress = RunDetail['egress'][number]
type RunEvent = OpEvent<'run.watch'>

interface Live {
  run: Run | undefined
  steps: Step[]
  /** What its sandbox asked of the network. */
  egress: Egress[]
}

/** Ends with the asking owner. */
export function createRun(link: Pick<Link, 'call' | 'watch' | 'isOnline'>, id: string) {
  const [live, setLive] = createStore<Live>({ run: undefined, steps: [], egress: [] })
  const [detail, setDetail] = createSignal<Pick<RunDetail, 'edges' | 'policy' | 'inputs' | 'text'>>()
  const [fault, setFault] = createSignal<Fault>()
  const gone = new AbortController()
  const places = new Map<string, number>()
  let cursor = 0
  let isFollowing = false

  function take(event: RunEvent): void {
    // An answer that was late must not undo what came after it.
    if (event.cursor <= cursor) return
    cursor = event.cursor
    if (event.type === 'run') return setLive('run', reconcile({ ...live.run, ...event.run }))
    if (event.type === 'egress') return setLive('egress', live.egress.length, event.egress)
    const at = live.steps.findIndex((step) => step.id === event.step.id)
    // The combinations of a matrix take the place of their step.
    const others = live.steps.filter((step) => step.id !== event.step.step || event.step.id === step.id)
    if (at >= 0) setLive('steps', at, reconcile(event.step))
    else setLive('steps', inOrder([...others, event.step]))
  }

  /** Of the file, then of the matrix. */
  function inOrder(steps: readonly Step[]): Step[] {
    for (const { step } of steps) if (!places.has(step)) places.set(step, places.size)
    const place = ({ step }: Step) => places.get(step) ?? 0
    return steps.toSorted((a, b) => place(a) - place(b) || a.id.localeCompare(b.id, 'en', { numeric: true }))
  }

  async function follow(): Promise<void> {
    if (isFollowing || gone.signal.aborted || !link.isOnline()) return
    isFollowing = true
    try {
      const { run, steps, egress, cursor: from, ...rest } = await link.call('run.get', { run: id })
      cursor = from
      setDetail(rest)
      setLive({ run, steps: inOrder(steps), egress })
      setFault(undefined)
      await link.call('run.watch', { run: id, cursor }, { signal: gone.signal, onEvent: take })
      const last = await link.call('run.get', { run: id })
      setLive({ run: last.run, steps: last.steps, egress: last.egress })
    } catch (error) {
      const said = toFault(error)
      if (!gone.signal.aborted && said.code !== 'unavailable') setFault(said)
    }
    isFollowing = false
  }

  const deaf = link.watch((state) => {
    if (state === 'online' && !(live.run && hasEnded(live.run))) void follow()
  })
  onCleanup(() => {
    gone.abort()
    deaf()
  })
  void follow()
  return { live, detail, fault }
}

export type LiveRun = ReturnType<typeof createRun>
