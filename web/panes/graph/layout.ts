// Where the steps of a graph lie and how its edges run, in pixels. It draws nothing.
import { Graph, layout } from '@dagrejs/dagre'
import type { GraphEdge, GraphStep } from './graph.tsx'

/** Pixels of one step. */
export const STEP = { width: 200, height: 60 } as const
const MARGIN = 16

export interface Point {
  readonly x: number
  readonly y: number
}

export interface PlacedStep extends Point {
  readonly id: string
}

export interface Layout {
  readonly width: number
  readonly height: number
  /** The upper left corner of each, from the first to the last that a reader meets. */
  readonly steps: readonly PlacedStep[]
  /** An SVG path each. */
  readonly edges: readonly (GraphEdge & { readonly path: string })[]
}

export function layOut(
  steps: readonly Pick<GraphStep, 'id'>[],
  edges: readonly GraphEdge[],
  direction: 'right' | 'down',
): Layout {
  // A graph without steps has no size to compute.
  if (steps.length === 0) return { width: 0, height: 0, steps: [], edges: [] }
  // The library keys plain objects by id: a step called `__proto__` would break it, its place does not.
  const keyOf = new Map(steps.map(({ id }, index) => [id, `s${index}`]))
  const drawn = edges.flatMap((edge) => {
    const [from, to] = [keyOf.get(edge.from), keyOf.get(edge.to)]
    return from && to ? [{ edge, from, to }] : []
  })
  const graph = new Graph()
  graph.setGraph({
    rankdir: direction === 'right' ? 'LR' : 'TB',
    nodesep: 24,
    ranksep: direction === 'right' ? 48 : 36,
    marginx: MARGIN,
    marginy: MARGIN,
  })
  for (const key of keyOf.values()) graph.setNode(key, { ...STEP })
  for (const { from, to } of drawn) graph.setEdge(from, to, {})
  layout(graph)
  const { width, height } = graph.graph() as { width: number; height: number }
  return {
    width,
    height,
    steps: [...keyOf].map(([id, key]) => {
      const { x, y } = graph.node(key) as Point
      return { id, x: x - STEP.width / 2, y: y - STEP.height / 2 }
    }),
    edges: drawn.map(({ edge, from, to }) => {
      const { points } = graph.edge(from, to) as { points: Point[] }
      return { ...edge, path: pathOf(points, direction) }
    }),
  }
}

/** A curve that leaves and enters every point along the direction of time. */
export function pathOf(points: readonly Point[], direction: 'right' | 'down'): string {
  const [first, ...rest] = points
  if (!first) return ''
  let before = first
  const curves = rest.map((point) => {
    const from = before
    before = point
    const middle = direction === 'right' ? (from.x + point.x) / 2 : (from.y + point.y) / 2
    const [leave, enter] =
      direction === 'right'
        ? [`${round(middle)} ${round(from.y)}`, `${round(middle)} ${round(point.y)}`]
        : [`${round(from.x)} ${round(middle)}`, `${round(point.x)} ${round(middle)}`]
    return `C${leave} ${enter} ${round(point.x)} ${round(point.y)}`
  })
  return `M${round(first.x)} ${round(first.y)}${curves.join('')}`
}

const round = (pixels: number): number => Math.round(pixels * 10) / 10
