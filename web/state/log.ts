// What a step printed, page by page, from its first byte on and as long as it prints. It never asks twice for a byte, and
// keeps none.
import { createSignal, onCleanup } from 'solid-js'
import { toFault } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'
import type { Link } from '#web/link/link.ts'

/** Milliseconds that the server may wait for the next line. */
const WAIT_MS = 15_000
/** Milliseconds between two pages of a step that prints without a rest. */
const REST_MS = 100
/** Milliseconds until what failed is asked for again. */
const AGAIN_MS = 700

export interface LogSource {
  readonly run: string
  readonly step: string
  /** Each has a log of its own; the latest when left out. */
  readonly attempt?: number | undefined
  readonly take: (text: string) => void
}

/** Ends with the asking owner. */
export function createLog(link: Pick<Link, 'call' | 'isOnline'>, { take, ...place }: LogSource) {
  const [whole, setWhole] = createSignal(false)
  const [fault, setFault] = createSignal<Fault>()
  const gone = new AbortController()
  let offset = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function look(): Promise<void> {
    try {
      const asked = { ...place, offset, wait: WAIT_MS }
      const page = await link.call('run.log', asked, { signal: gone.signal })
      offset = page.end
      if (page.text !== '') take(page.text)
      setFault(undefined)
      if (!page.open && page.text === '') return void setWhole(true)
      again(page.open && page.text !== '' ? REST_MS : 0)
    } catch (error) {
      if (gone.signal.aborted) return
      const said = toFault(error)
      // A step that has not printed has no log; one behind a lost connection is asked for again.
      if (said.code !== 'not_found' && link.isOnline()) setFault(said)
      again(AGAIN_MS)
    }
  }
  const again = (ms: number) => (timer = setTimeout(() => void look(), ms))

  void look()
  onCleanup(() => {
    gone.abort()
    clearTimeout(timer)
  })
  return { whole, fault }
}
