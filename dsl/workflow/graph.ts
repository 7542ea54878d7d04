// The steps of a workflow as a graph: order, levels, cycles and the edges worth drawing. It knows ids only, never what a step does.

/** Id → the ids it waits for, in the order of the file. An id that is not a key is ignored. */
export type Graph = ReadonlyMap<string, readonly string[]>

export interface GraphEdge {
  readonly from: string
  readonly to: string
}

export function graphOf(
  steps: readonly { readonly id: string; readonly needs: readonly { readonly from: string }[] }[],
): Graph {
  const ids = new Set(steps.map(({ id }) => id))
  return new Map(
    steps.map(({ id, needs }) => [id, needs.map(({ from }) => from).filter((from) => ids.has(from))]),
  )
}

/** The ids of one cycle, from its first back to it (`a b c a`), or undefined when there is none. */
export function findCycle(graph: Graph): readonly string[] | undefined {
  const done = new Set<string>()
  for (const start of graph.keys()) {
    const cycle = cycleFrom(graph, start, done)
    if (cycle !== undefined) return cycle
  }
  return undefined
}

/** Depth first with a stack of its own: a chain of thousands must not end JavaScript's. */
function cycleFrom(graph: Graph, start: string, done: Set<string>): readonly string[] | undefined {
  const trail: { id: string; next: number }[] = done.has(start) ? [] : [{ id: start, next: 0 }]
  const onTrail = new Set([start])
  for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
    const need = graph.get(top.id)?.[top.next]
    top.next += 1
    if (need === undefined) {
      done.add(top.id)
      onTrail.delete(top.id)
      trail.pop()
    } else if (onTrail.has(need)) {
      const from = trail.findIndex(({ id }) => id === need)
      return [...trail.slice(from).map(({ id }) => id), need].reverse()
    } else if (!done.has(need) && graph.has(need)) {
      trail.push({ id: need, next: 0 })
      onTrail.add(need)
    }
  }
  return undefined
}

/** Ids so that each comes after all that it waits for; the file's order where either may come first. Ids of a cycle are left out. */
export function sortSteps(graph: Graph): readonly string[] {
  return levelsOf(graph).flat()
}

/** Ids by how long their longest chain of needs is: those of one level may run at once. Ids of a cycle are left out. */
export function levelsOf(graph: Graph): readonly (readonly string[])[] {
  const left = new Map([...graph].map(([id, needs]) => [id, new Set(needs).size]))
  const followers = followersOf(graph)
  const levels: string[][] = []
  let level = [...graph.keys()].filter((id) => left.get(id) === 0)
  const place = new Map([...graph.keys()].map((id, index) => [id, index]))
  while (level.length > 0) {
    levels.push(level)
    const next: string[] = []
    for (const follower of level.flatMap((id) => followers.get(id) ?? [])) {
      const count = (left.get(follower) ?? 0) - 1
      left.set(follower, count)
      if (count === 0) next.push(follower)
    }
    level = next.sort((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0))
  }
  return levels
}

function followersOf(graph: Graph): ReadonlyMap<string, readonly string[]> {
  const followers = new Map<string, string[]>()
  for (const [id, needs] of graph)
    for (const need of new Set(needs)) {
      const known = followers.get(need)
      if (known === undefined) followers.set(need, [id])
      else known.push(id)
    }
  return followers
}

/** Everything that the id waits for, through others too. */
export function ancestorsOf(graph: Graph, id: string): ReadonlySet<string> {
  const found = new Set<string>()
  const left = [...(graph.get(id) ?? [])]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (found.has(next)) continue
    found.add(next)
    left.push(...(graph.get(next) ?? []))
  }
  return found
}

/** The edges without those that a longer way implies: what a drawing needs. The graph has no cycle. */
export function reducedEdges(graph: Graph): readonly GraphEdge[] {
  const reach = new Map<string, Set<string>>()
  const edges: GraphEdge[] = []
  for (const id of sortSteps(graph)) {
    const needs = [...new Set(graph.get(id))]
    const through = new Set(needs.flatMap((need) => [...(reach.get(need) ?? [])]))
    for (const from of needs) if (!through.has(from)) edges.push({ from, to: id })
    for (const need of needs) through.add(need)
    reach.set(id, through)
  }
  return edges
}
