// Tabs and splits of one workspace, as data: every change answers a new layout. It knows no DOM and no terminal but its id.

/** `row`: side by side; `column`: one above the other. */
export type Axis = 'row' | 'column'

/** A terminal, or two cells that share their place; `share` is the first one's part, from 0 to 1. */
export type Cell = string | Split
export interface Split {
  readonly axis: Axis
  readonly share: number
  readonly cells: readonly [Cell, Cell]
}

export interface Tab {
  readonly root: Cell
  /** The terminal that had the keyboard last. */
  readonly focus: string
}
export type Layout = readonly Tab[]

/** A split is never narrower than this part of its place. */
const SHARE_MIN = 0.1

export function terminalsOf(cell: Cell): string[] {
  return typeof cell === 'string' ? [cell] : cell.cells.flatMap(terminalsOf)
}

export function tabOf(layout: Layout, pty: string | undefined): Tab | undefined {
  return pty === undefined ? undefined : layout.find((tab) => terminalsOf(tab.root).includes(pty))
}

export function addTab(layout: Layout, pty: string): Layout {
  return [...layout, { root: pty, focus: pty }]
}

/** The new terminal takes the second half of the place of `pty`. */
export function splitCell(layout: Layout, pty: string, axis: Axis, fresh: string): Layout {
  const split = (cell: Cell) =>
    cell === pty ? ({ axis, share: 0.5, cells: [cell, fresh] } as const) : undefined
  return layout.map((tab) =>
    terminalsOf(tab.root).includes(pty) ? { root: replace(tab.root, split), focus: fresh } : tab,
  )
}

/** Takes a terminal out; what shared its place grows into it. */
export function dropCell(layout: Layout, pty: string): Layout {
  return layout.flatMap((tab) => {
    const root = without(tab.root, pty)
    if (root === undefined) return []
    return [{ root, focus: tab.focus === pty ? (terminalsOf(root)[0] ?? '') : tab.focus }]
  })
}

/** Where the keyboard goes when `pty` is over: its own tab's next terminal, else the tab before. */
export function afterDrop(layout: Layout, pty: string): string | undefined {
  const at = layout.findIndex((tab) => terminalsOf(tab.root).includes(pty))
  const next = dropCell(layout, pty)
  if (next.length === layout.length) return next[at]?.focus
  return (next[at - 1] ?? next[at])?.focus
}

export function focusOn(layout: Layout, pty: string): Layout {
  const tab = tabOf(layout, pty)
  if (!tab || tab.focus === pty) return layout
  return layout.map((each) => (each === tab ? { ...each, focus: pty } : each))
}

/** Moves the tab of `pty` by so many places; it stops at either end. */
export function moveTab(layout: Layout, pty: string, by: number): Layout {
  const tab = tabOf(layout, pty)
  if (!tab) return layout
  const others = layout.filter((each) => each !== tab)
  const to = Math.min(others.length, Math.max(0, layout.indexOf(tab) + by))
  return [...others.slice(0, to), tab, ...others.slice(to)]
}

/** The terminal so many places on, in the order of tabs and of their cells; after the last comes the first. */
export function step(layout: Layout, pty: string, by: 1 | -1): string | undefined {
  const all = layout.flatMap((tab) => terminalsOf(tab.root))
  const at = all.indexOf(pty)
  return at < 0 ? all[0] : all[(at + by + all.length) % all.length]
}

/** Gives the split that holds `cells` as its two sides another share. */
export function shareOf(layout: Layout, split: Split, share: number): Layout {
  const kept = Math.min(1 - SHARE_MIN, Math.max(SHARE_MIN, share))
  const change = (cell: Cell) => (cell === split ? { ...split, share: kept } : undefined)
  return layout.map((tab) => ({ ...tab, root: replace(tab.root, change) }))
}

/** Drops what lives no more and gives every terminal that is in no tab yet, whoever opened it, one of its own. */
export function follow(layout: Layout, alive: readonly string[]): Layout {
  const placed = layout.flatMap((tab) => terminalsOf(tab.root))
  const gone = placed.filter((pty) => !alive.includes(pty))
  const fresh = alive.filter((pty) => !placed.includes(pty))
  if (gone.length === 0 && fresh.length === 0) return layout
  return fresh.reduce(addTab, gone.reduce(dropCell, layout))
}

function replace(cell: Cell, change: (cell: Cell) => Cell | undefined): Cell {
  const changed = change(cell)
  if (changed !== undefined || typeof cell === 'string') return changed ?? cell
  const [first, second] = cell.cells
  const cells = [replace(first, change), replace(second, change)] as const
  return cells[0] === first && cells[1] === second ? cell : { ...cell, cells }
}

function without(cell: Cell, pty: string): Cell | undefined {
  if (typeof cell === 'string') return cell === pty ? undefined : cell
  const first = without(cell.cells[0], pty)
  const second = without(cell.cells[1], pty)
  if (first === undefined || second === undefined) return first ?? second
  return { ...cell, cells: [first, second] }
}
