// What a step printed, page by page, from its first byte on and as long as it prints. It never asks twice for a byte, and
// holds no more than a page can draw.
import { createSignal, onCleanup } from 'solid-js'
import { toFault } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'
import type { Link } from '#web/link/link.ts'

/** Milliseconds between looks while it prints. */
const LOOK_MS = 700
/** Characters that are kept; of a longer log the end is shown, and the whole can be downloaded. */
export const SHOWN_MAX = 2_000_000

/** Ends with the asking owner. */
export function createLog(link: Pick<Link, 'call' | 'isOnline'>, run: string, step: string) {
  const [text, setText] = createSignal('')
  const [cut, setCut] = createSignal(false)
  const [fault, setFault] = createSignal<Fault>()
  let offset = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let ended = false

  async function look(): Promise<void> {
    try {
      const page = await link.call('run.log', { run, step, offset })
      if (ended) return
      offset = page.end
      if (page.text !== '') keep(page.text)
      setFault(undefined)
      const isWhole = !page.open && page.text === ''
      if (!isWhole) timer = setTimeout(() => void look(), page.text === '' ? LOOK_MS : 0)
    } catch (error) {
      if (ended) return
      const said = toFault(error)
      // A step that has not printed has no log; one behind a lost connection is asked for again.
      if (said.code !== 'not_found' && link.isOnline()) setFault(said)
      timer = setTimeout(() => void look(), LOOK_MS)
    }
  }
  function keep(more: string): void {
    const all = text() + more
    if (all.length <= SHOWN_MAX) return void setText(all)
    setCut(true)
    const from = all.length - SHOWN_MAX
    setText(all.slice(all.indexOf('\n', from) + 1))
  }

  void look()
  onCleanup(() => {
    ended = true
    clearTimeout(timer)
  })
  return { text, cut, fault }
}
