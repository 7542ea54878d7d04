// Where the steps of a graph lie and how its edges run, in pixels. It draws nothing.
import type { GraphEdge, GraphStep } from './graph.tsx'
import { rank } from './ranks.ts'
import type { Edge, Node } from './ranks.ts'
import { standInRows } from './rows.ts'

/** Pixels of one step. */
export const STEP = { width: 200, height: 60 } as const
const MARGIN = 16
/** Pixels between two steps that may run at once, and between two edges that pass beside each other. */
const BESIDE = { step: 24, edge: 12 } as const
/** Pixels from one column to the next. */
const BETWEEN = { right: 56, down: 40 } as const

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
  if (steps.length === 0) return { width: 0, height: 0, steps: [], edges: [] }
  const indexOf = new Map(steps.map(({ id }, index) => [id, index]))
  const drawn = edges.filter(({ from, to }) => indexOf.has(from) && indexOf.has(to))
  const pairs = drawn.map(({ from, to }): Edge => [indexOf.get(from) ?? 0, indexOf.get(to) ?? 0])
  const ranked = rank(steps.length, pairs)
  const isRight = direction === 'right'
  const [long, broad] = isRight ? [STEP.width, STEP.height] : [STEP.height, STEP.width]
  const half = ({ step }: Node) => (step === undefined ? 0 : broad / 2)
  const gap = (one: Node, next: Node) =>
    one.step === undefined && next.step === undefined ? BESIDE.edge : BESIDE.step
  standInRows(ranked, (one, next) => half(one) + gap(one, next) + half(next))
  let [first, last] = [Infinity, -Infinity]
  for (const one of ranked.ranks.flat()) {
    first = Math.min(first, one.at - half(one))
    last = Math.max(last, one.at + half(one))
  }
  const alongOf = (one: Node) => MARGIN + one.rank * (long + BETWEEN[direction])
  const acrossOf = (one: Node) => MARGIN + one.at - first
  const at = (along: number, middle: number): Point =>
    isRight ? { x: along, y: middle } : { x: middle, y: along }
  const corners = new Map<number, Point>()
  for (const one of ranked.ranks.flat())
    if (one.step !== undefined) corners.set(one.step, at(alongOf(one), acrossOf(one) - broad / 2))
  const length = 2 * MARGIN + ranked.ranks.length * (long + BETWEEN[direction]) - BETWEEN[direction]
  const size = at(length, 2 * MARGIN + last - first)
  return {
    width: size.x,
    height: size.y,
    steps: steps.map(({ id }, index) => ({ id, ...(corners.get(index) ?? { x: 0, y: 0 }) })),
    edges: drawn.map((edge, index) => {
      // Through a column that it passes an edge runs straight, beside the steps there.
      const through = (ranked.paths[index] ?? []).flatMap((one) => [
        at(alongOf(one), acrossOf(one)),
        at(alongOf(one) + long, acrossOf(one)),
      ])
      return { ...edge, path: pathOf(through.slice(1, -1), direction) }
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
