// Looks again and again at what other devices may change, while somebody can see the answer. It never looks at a hidden page
// nor without a connection, and looks at once when either is back.
import { createSignal, onCleanup } from 'solid-js'
import type { Link } from '#web/link/link.ts'

export interface Looking {
  /** Asks once; it takes care of its own faults. */
  readonly look: () => Promise<void>
  /** Milliseconds from one answer to the next question. */
  readonly everyMs: number
  readonly link: Pick<Link, 'watch' | 'isOnline'>
  /** The page; a test brings its own. */
  readonly page?: Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>
}

/** Ends with the asking owner. */
export function keepLooking({ look, everyMs, link, page = document }: Looking): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let busy = false
  let ended = false

  async function turn(): Promise<void> {
    clearTimeout(timer)
    if (ended || busy || page.visibilityState !== 'visible' || !link.isOnline()) return
    busy = true
    await look()
    busy = false
    if (!ended) timer = setTimeout(wake, everyMs)
  }
  const wake = () => void turn()

  page.addEventListener('visibilitychange', wake)
  const deaf = link.watch(wake)
  onCleanup(() => {
    ended = true
    clearTimeout(timer)
    page.removeEventListener('visibilitychange', wake)
    deaf()
  })
  wake()
}

/** Milliseconds since 1970 as a signal, as fresh as asked. */
export function createNow(everyMs: number): () => number {
  const [now, setNow] = createSignal(Date.now())
  const timer = setInterval(() => setNow(Date.now()), everyMs)
  onCleanup(() => clearInterval(timer))
  return now
}
