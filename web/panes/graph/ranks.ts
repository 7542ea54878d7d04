// The first part of a layout: which column each node of a graph belongs to, and a path of places for every edge through the
// columns between its ends. It knows no pixels.

export interface Node {
  /** Index of a step; undefined for a place that an edge passes. */
  readonly step: number | undefined
  readonly rank: number
  /** Across the direction of time: its place in its column, then the pixel of its middle. */
  at: number
  /** Nodes of the rank before and of the one behind. */
  readonly before: Node[]
  readonly after: Node[]
}

export interface Ranked {
  readonly ranks: readonly Node[][]
  /** Of each edge: its ends and the places between them. */
  readonly paths: readonly (readonly Node[])[]
}

/** An edge from one index of a step to another. What goes round in a circle is cut where it was met last. */
export type Edge = readonly [from: number, to: number]

export function rank(count: number, edges: readonly Edge[]): Ranked {
  const after: number[][] = Array.from({ length: count }, () => [])
  for (const [from, to] of edges) after[from]?.push(to)
  const rankOf = tightened(longestPaths(count, after), after)
  const nodes = rankOf.map((own, step) => node(own, step))
  const ranks: Node[][] = Array.from({ length: Math.max(0, ...rankOf) + 1 }, () => [])
  for (const one of inOrder(nodes, after)) ranks[one.rank]?.push(one)
  const paths = edges.map(([from, to]) => pathOf(nodes[from], nodes[to], ranks))
  return { ranks: ranks.filter((all) => all.length > 0), paths }
}

const node = (own: number, step?: number): Node => ({ step, rank: own, at: 0, before: [], after: [] })

/** How many steps must be done before each, along the longest way. */
function longestPaths(count: number, after: readonly number[][]): number[] {
  const waits = Array.from({ length: count }, () => 0)
  for (const targets of after) for (const to of targets) waits[to] = (waits[to] ?? 0) + 1
  const ranks = Array.from({ length: count }, () => 0)
  const ready = waits.flatMap((many, index) => (many === 0 ? [index] : []))
  for (let at = 0; at < ready.length; at += 1) {
    const from = ready[at] ?? 0
    for (const to of after[from] ?? []) {
      ranks[to] = Math.max(ranks[to] ?? 0, (ranks[from] ?? 0) + 1)
      waits[to] = (waits[to] ?? 0) - 1
      if (waits[to] === 0) ready.push(to)
    }
  }
  return ranks
}

/** What waits for nothing stands right before the first that waits for it, and not at the far end. */
function tightened(ranks: number[], after: readonly number[][]): number[] {
  const isFirst = ranks.map(() => true)
  for (const targets of after) for (const to of targets) isFirst[to] = false
  return ranks.map((own, index) => {
    const next = (after[index] ?? []).map((to) => ranks[to] ?? 0)
    return isFirst[index] && next.length > 0 ? Math.max(own, Math.min(...next) - 1) : own
  })
}

/** As a reader would follow the edges, so that what belongs together begins together. */
function inOrder(nodes: readonly Node[], after: readonly number[][]): Node[] {
  const found = new Set<number>()
  const visit = (first: number) => {
    const open = [first]
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (found.has(index)) continue
      found.add(index)
      open.push(...(after[index] ?? []).toReversed())
    }
  }
  for (const [index, { rank: own }] of nodes.entries()) if (own === 0) visit(index)
  for (const index of nodes.keys()) visit(index)
  return [...found].flatMap((index) => nodes[index] ?? [])
}

function pathOf(from: Node | undefined, to: Node | undefined, ranks: Node[][]): Node[] {
  if (!from || !to || to.rank <= from.rank) return []
  const path = [from]
  for (let own = from.rank + 1; own < to.rank; own += 1) {
    const place = node(own)
    ranks[own]?.push(place)
    path.push(place)
  }
  path.push(to)
  for (const [index, next] of path.slice(1).entries()) {
    path[index]?.after.push(next)
    next.before.push(path[index] ?? from)
  }
  return path
}
