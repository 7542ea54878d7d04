// Selections as cells: which cell a finger meant, which word is there, what lies between two ends. It draws nothing.
import type { IBuffer } from '@xterm/xterm'
import type { Point } from './touch.ts'

/** `row` counts from the first line of the scrollback. */
export interface Cell {
  readonly column: number
  readonly row: number
}
/** From the first cell to the last, both of them in it. */
export interface Span {
  readonly from: Cell
  readonly to: Cell
}

export interface Grid {
  readonly cols: number
  readonly rows: number
  /** The row at the top of the screen. */
  readonly top: number
  /** Where the cells are drawn, in CSS pixels of the window. */
  readonly box: {
    readonly left: number
    readonly top: number
    readonly width: number
    readonly height: number
  }
}

export function cellAt({ x, y }: Point, { cols, rows, top, box }: Grid): Cell {
  const column = Math.floor(((x - box.left) / box.width) * cols)
  const row = Math.floor(((y - box.top) / box.height) * rows)
  return { column: clamp(column, cols), row: top + clamp(row, rows) }
}

/** The corner of a cell: `end` is the right one. Undefined while it is scrolled away. */
export function cornerOf({ column, row }: Cell, end: boolean, grid: Grid): Point | undefined {
  const line = row - grid.top
  if (line < 0 || line >= grid.rows) return undefined
  return {
    x: ((column + (end ? 1 : 0)) * grid.box.width) / grid.cols,
    y: ((line + 1) * grid.box.height) / grid.rows,
  }
}

/** The word at a cell; undefined on blank ground. */
export function wordAt(
  buffer: Pick<IBuffer, 'getLine'>,
  { column, row }: Cell,
  cols: number,
): Span | undefined {
  const line = buffer.getLine(row)
  const blank = (at: number) => {
    const cell = line?.getCell(at)
    // The right half of a wide character has no width and belongs to the left one.
    return !cell || (cell.getWidth() > 0 && cell.getChars().trim() === '')
  }
  if (blank(column)) return undefined
  let [from, to] = [column, column]
  while (from > 0 && !blank(from - 1)) from -= 1
  while (to < cols - 1 && !blank(to + 1)) to += 1
  return { from: { column: from, row }, to: { column: to, row } }
}

/** The span between two ends, whichever comes first. */
export function between(one: Cell, two: Cell): Span {
  const ordered = one.row < two.row || (one.row === two.row && one.column <= two.column)
  return ordered ? { from: one, to: two } : { from: two, to: one }
}

/** Cells in a span, as xterm counts them. */
export function lengthOf({ from, to }: Span, cols: number): number {
  return (to.row - from.row) * cols + to.column - from.column + 1
}

const clamp = (at: number, size: number) => Math.min(size - 1, Math.max(0, at))
