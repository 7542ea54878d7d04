// What is selected in one terminal by a finger or by name. With a mouse, xterm selects by itself.
import { createSignal } from 'solid-js'
import { show } from './handles.tsx'
import type { Screen } from './screen.ts'
import { cellAt, wordAt } from './select.ts'
import type { Span } from './select.ts'
import type { Point } from './touch.ts'

/** Milliseconds of the tap that a phone answers a held finger with. */
const BUZZ_MS = 10

export type Selection = ReturnType<typeof createSelection>

/** `touch` tells whether fingers select: only then there are handles, and a time of selecting. */
export function createSelection(screen: () => Screen | undefined, touch: () => boolean) {
  const [selecting, setSelecting] = createSignal(false)
  const [span, setSpan] = createSignal<Span>()

  function select(next: Span | undefined): void {
    const shown = screen()
    if (!shown) return
    if (next) show(shown, next)
    else shown.xterm.clearSelection()
    if (!touch()) return
    setSelecting(true)
    setSpan(next)
  }

  return {
    /** Whether a finger has begun to select, even if there is nothing under it. */
    selecting,
    span,
    select,
    all() {
      const { xterm } = screen() ?? {}
      if (!xterm) return
      const last = { column: xterm.cols - 1, row: xterm.buffer.active.length - 1 }
      select({ from: { column: 0, row: 0 }, to: last })
    },
    holdAt(point: Point) {
      const shown = screen()
      if (!shown) return
      navigator.vibrate?.(BUZZ_MS)
      const cell = cellAt(point, shown.grid())
      select(wordAt(shown.xterm.buffer.active, cell, shown.xterm.cols))
    },
    /** xterm has dropped what was selected: a key, or new content. */
    dropped: () => setSpan(undefined),
    stop() {
      setSelecting(false)
      setSpan(undefined)
      screen()?.xterm.clearSelection()
    },
  }
}
