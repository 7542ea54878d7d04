// Scrolling by pixels, which xterm 6 does not do for fingers: through the scrollback, or, where a program has the whole
// screen or the mouse, as the wheel it expects.
import type { Terminal } from '@xterm/xterm'
import type { Point } from './touch.ts'

export interface Scroller {
  /** Moves the content by so many pixels, as a finger does: down is towards what was. */
  by(pixels: number, at: Point): void
}

/** Whole lines of a distance, and the rest that the next one starts from. */
export function linesOf(pixels: number, height: number): { lines: number; rest: number } {
  const lines = Math.trunc(pixels / height)
  return { lines, rest: pixels - lines * height }
}

export function createScroller(xterm: Terminal, cellHeight: () => number): Scroller {
  let rest = 0
  return {
    by(pixels, at) {
      const moved = linesOf(rest + pixels, cellHeight())
      rest = moved.rest
      if (moved.lines === 0) return
      if (wantsWheel(xterm)) wheel(xterm, -moved.lines, at)
      else xterm.scrollLines(-moved.lines)
    },
  }
}

function wantsWheel(xterm: Terminal): boolean {
  return xterm.modes.mouseTrackingMode !== 'none' || xterm.buffer.active.type === 'alternate'
}

/** xterm makes one report or one arrow key of each event, however far it goes. */
function wheel(xterm: Terminal, lines: number, { x, y }: Point): void {
  const times = Math.min(xterm.rows, Math.abs(lines))
  for (let time = 0; time < times; time += 1)
    xterm.element?.dispatchEvent(
      new WheelEvent('wheel', {
        deltaY: Math.sign(lines),
        deltaMode: WheelEvent.DOM_DELTA_LINE,
        clientX: x,
        clientY: y,
        cancelable: true,
      }),
    )
}
