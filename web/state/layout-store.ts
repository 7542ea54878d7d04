// Keeps each workspace's layout in local storage, and reads back only what still has the shape of one.
import { terminalsOf } from './layout.ts'
import type { Cell, Layout, Tab } from './layout.ts'

const keyOf = (workspace: string) => `chispart.layout.${workspace}`

export function keepLayout(storage: Storage, workspace: string, layout: Layout): void {
  if (layout.length) storage.setItem(keyOf(workspace), JSON.stringify(layout))
  else storage.removeItem(keyOf(workspace))
}

/** What was kept; a tab that does not fit, or that names a terminal twice, is left out. */
export function readLayout(storage: Storage, workspace: string): Layout {
  const tabs = listOf(storage.getItem(keyOf(workspace))).flatMap(tabFrom)
  const seen = new Set<string>()
  return tabs.filter((tab) => {
    const ptys = terminalsOf(tab.root)
    const fresh = ptys.every((pty) => !seen.has(pty)) && new Set(ptys).size === ptys.length
    if (fresh) for (const pty of ptys) seen.add(pty)
    return fresh
  })
}

function listOf(text: string | null): unknown[] {
  try {
    const json: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(json) ? json : []
  } catch {
    return []
  }
}

function tabFrom(value: unknown): Tab[] {
  const { root: kept, focus } = recordOf(value)
  const root = cellFrom(kept)
  if (root === undefined) return []
  const ptys = terminalsOf(root)
  const focused = ptys.find((pty) => pty === focus) ?? ptys[0]
  return focused === undefined ? [] : [{ root, focus: focused }]
}

function cellFrom(value: unknown): Cell | undefined {
  if (typeof value === 'string') return value
  const { axis, share, cells } = recordOf(value)
  if ((axis !== 'row' && axis !== 'column') || typeof share !== 'number' || !(share > 0 && share < 1))
    return undefined
  const [first, second] = Array.isArray(cells) ? cells.map(cellFrom) : []
  return first === undefined || second === undefined ? undefined : { axis, share, cells: [first, second] }
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
