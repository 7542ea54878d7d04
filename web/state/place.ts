// Where each cell of a tab is drawn, in parts of the whole: flat, so that a split never moves a terminal in the document.
import type { Axis, Cell, Split } from './layout.ts'

/** Parts of the stage, 0 to 1. */
export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}
export interface Place {
  readonly panes: readonly { readonly pty: string; readonly rect: Rect }[]
  /** One per split; `rect` is the place of both its sides. */
  readonly dividers: readonly { readonly split: Split; readonly rect: Rect }[]
}
export type Direction = 'left' | 'right' | 'up' | 'down'

const WHOLE: Rect = { x: 0, y: 0, width: 1, height: 1 }

export function place(cell: Cell, rect: Rect = WHOLE): Place {
  if (typeof cell === 'string') return { panes: [{ pty: cell, rect }], dividers: [] }
  const [one, two] = cut(rect, cell.axis, cell.share)
  const first = place(cell.cells[0], one)
  const second = place(cell.cells[1], two)
  return {
    panes: [...first.panes, ...second.panes],
    dividers: [{ split: cell, rect }, ...first.dividers, ...second.dividers],
  }
}

function cut(rect: Rect, axis: Axis, share: number): [Rect, Rect] {
  const { x, y, width, height } = rect
  if (axis === 'row')
    return [
      { x, y, height, width: width * share },
      { x: x + width * share, y, height, width: width * (1 - share) },
    ]
  return [
    { x, y, width, height: height * share },
    { x, y: y + height * share, width, height: height * (1 - share) },
  ]
}

/** The nearest terminal that way whose middle the eye would meet; undefined at the edge. */
export function neighbour(cell: Cell, pty: string, direction: Direction): string | undefined {
  const { panes } = place(cell)
  const from = panes.find((pane) => pane.pty === pty)
  if (!from) return undefined
  const start = middle(from.rect)
  const candidates = panes
    .map((pane) => ({ pty: pane.pty, ...offset(start, middle(pane.rect), direction) }))
    .filter(({ along }) => along > 0.001)
  candidates.sort((a, b) => a.along + 2 * a.across - (b.along + 2 * b.across))
  return candidates[0]?.pty
}

interface Point {
  readonly x: number
  readonly y: number
}
const middle = ({ x, y, width, height }: Rect): Point => ({ x: x + width / 2, y: y + height / 2 })

function offset(from: Point, to: Point, direction: Direction): { along: number; across: number } {
  const dx = to.x - from.x
  const dy = to.y - from.y
  if (direction === 'left' || direction === 'right')
    return { along: direction === 'right' ? dx : -dx, across: Math.abs(dy) }
  return { along: direction === 'down' ? dy : -dy, across: Math.abs(dx) }
}
