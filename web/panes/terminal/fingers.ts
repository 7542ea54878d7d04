// What fingers do to one terminal: they scroll, select and change the letters.
import type { Screen } from './screen.ts'
import { createScroller } from './scroll.ts'
import { followTouches } from './touch.ts'
import type { Point } from './touch.ts'

export interface Fingers {
  readonly screen: () => Screen | undefined
  readonly fontSize: () => number
  readonly onFontSize: (px: number) => void
  readonly onHold: (at: Point) => void
}

/** Answers how to stop. */
export function followFingers(place: HTMLElement, fingers: Fingers): () => void {
  let pinchedFrom: number | undefined
  let scroller: ReturnType<typeof createScroller> | undefined
  return followTouches(place, {
    pan(by, at) {
      const shown = fingers.screen()
      if (!shown) return
      scroller ??= createScroller(shown.xterm, () => shown.grid().box.height / shown.xterm.rows)
      place.scrollLeft -= by.x
      // A screen that is taller than its place moves first; what it could not take scrolls the lines.
      const before = place.scrollTop
      place.scrollTop -= by.y
      scroller.by(by.y - (before - place.scrollTop), at)
    },
    pinch: (ratio) => fingers.onFontSize((pinchedFrom ??= fingers.fontSize()) * ratio),
    pinched: () => (pinchedFrom = undefined),
    hold: fingers.onHold,
  })
}
