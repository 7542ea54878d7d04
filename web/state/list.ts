// A list that the server keeps, as the page last saw it. It never guesses: what a person did is there when the server says so.
import { createSignal } from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import { toFault } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'
import type { Link } from '#web/link/link.ts'
import { keepLooking } from './looking.ts'

export interface ListOptions<T> {
  readonly link: Pick<Link, 'watch' | 'isOnline'>
  /** Milliseconds between looks, while anybody looks. */
  readonly everyMs: number
  readonly ask: () => Promise<T[]>
}

export function createList<T extends { readonly id: string }>({ link, everyMs, ask }: ListOptions<T>) {
  const [items, setItems] = createStore<T[]>([])
  const [known, setKnown] = createSignal(false)
  const [fault, setFault] = createSignal<Fault>()
  let asked = 0
  let taken = 0

  /** Answers may overtake one another: one that is older than what is shown is let go of. */
  async function refresh(): Promise<void> {
    const turn = ++asked
    try {
      const answer = await ask()
      if (turn < taken) return
      taken = turn
      setItems(reconcile(answer, { key: 'id' }))
      setKnown(true)
      setFault(undefined)
    } catch (error) {
      // Without a connection the page says so itself, and the next look comes with the next connection.
      if (link.isOnline()) setFault(toFault(error))
    }
  }

  return {
    items,
    /** False until the first answer. */
    known,
    fault,
    refresh,
    /** Keeps it fresh while the asking owner lives. */
    watch: () => keepLooking({ look: refresh, everyMs, link }),
  }
}
