// Where steps lie: order along the direction of time, none on another, and only edges between steps that are there.
import { describe, expect, it } from 'vitest'
import { STEP, layOut, pathOf } from './layout.ts'

const steps = ['a', 'b', 'c', 'd'].map((id) => ({ id }))
const DIAMOND = [
  { from: 'a', to: 'b' },
  { from: 'a', to: 'c' },
  { from: 'b', to: 'd' },
  { from: 'c', to: 'd' },
]

const edge = (from: number, to: number) => ({ from: `s${from}`, to: `s${to}` })
const chain = (count: number) => Array.from({ length: count - 1 }, (_, n) => edge(n, n + 1))
const fan = (count: number) =>
  Array.from({ length: count }, (_, n) => [edge(0, n + 1), edge(n + 1, count + 1)]).flat()
const fansInChain = (fans: number, wide: number) =>
  Array.from({ length: fans - 1 }, (_, f) =>
    Array.from({ length: wide }, (_, n) => {
      const first = f * (wide + 1)
      return [edge(first, first + n + 1), edge(first + n + 1, first + wide + 1)]
    }).flat(),
  ).flat()

describe('the layout of a graph', () => {
  it.each(['right', 'down'] as const)(
    'puts what comes later further %s, beside what may run at once',
    (way) => {
      const placed = layOut(steps, DIAMOND, way)
      const along = way === 'right' ? 'x' : 'y'
      const [a, b, c, d] = placed.steps
      expect(placed.steps.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
      expect(b![along]).toBeGreaterThan(a![along])
      expect(c![along]).toBe(b![along])
      expect(d![along]).toBeGreaterThan(c![along])
    },
  )

  it('keeps every step inside the sheet and off the others', () => {
    const many = Array.from({ length: 40 }, (_, n) => ({ id: `s${n}` }))
    const edges = many.slice(1).map(({ id }, n) => ({ from: `s${Math.floor(n / 3)}`, to: id }))
    const placed = layOut(many, edges, 'down')
    for (const [index, step] of placed.steps.entries()) {
      expect(step.x).toBeGreaterThanOrEqual(0)
      expect(step.y).toBeGreaterThanOrEqual(0)
      expect(step.x + STEP.width).toBeLessThanOrEqual(placed.width)
      expect(step.y + STEP.height).toBeLessThanOrEqual(placed.height)
      const lies = placed.steps
        .slice(index + 1)
        .filter(
          (other) => Math.abs(other.x - step.x) < STEP.width && Math.abs(other.y - step.y) < STEP.height,
        )
      expect(lies).toEqual([])
    }
  })

  it.each([
    ['a chain', chain(500)],
    ['a fan', fan(498)],
    ['fans in a chain', fansInChain(50, 9)],
    [
      'edges over many columns',
      [...chain(500), ...Array.from({ length: 50 }, (_, n) => edge(n, n * 9 + 40))],
    ],
  ])('lays 500 steps out while nobody notices: %s', (_, edges) => {
    const many = Array.from({ length: 500 }, (_, n) => ({ id: `s${n}` }))
    const placed = layOut(many, edges, 'right')
    // Of three, for the sake of a machine that is busy with something else.
    const times = [1, 2, 3].map(() => {
      const began = performance.now()
      layOut(many, edges, 'right')
      return performance.now() - began
    })
    expect(Math.min(...times)).toBeLessThan(200)
    const corners = new Set(placed.steps.map(({ x, y }) => `${x} ${y}`))
    expect(corners.size).toBe(500)
    expect(placed.edges).toHaveLength(edges.length)
  })

  it('puts a chain on one line, and what it parts into around it', () => {
    const placed = layOut(steps, DIAMOND, 'right')
    const [a, b, c, d] = placed.steps.map(({ y }) => y)
    expect(a).toBe(d)
    expect((b! + c!) / 2).toBe(a)
  })

  it('lays out what goes round in a circle, once', () => {
    const round = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
    ]
    expect(layOut([{ id: 'a' }, { id: 'b' }], round, 'right').steps).toHaveLength(2)
  })

  it('draws no edge to a step that is not there', () => {
    const placed = layOut([{ id: 'a' }], [{ from: 'a', to: 'gone' }], 'right')
    expect(placed.edges).toEqual([])
    expect(placed.steps).toHaveLength(1)
  })

  it('lays out nothing as an empty sheet', () => {
    expect(layOut([], [], 'right')).toEqual({ width: 0, height: 0, steps: [], edges: [] })
  })

  it('takes ids that are names of object members', () => {
    const ids = [{ id: '__proto__' }, { id: 'constructor' }]
    const placed = layOut(ids, [{ from: '__proto__', to: 'constructor' }], 'right')
    expect(placed.steps[1]!.x).toBeGreaterThan(placed.steps[0]!.x)
  })
})

it('an edge is a curve through its points', () => {
  const points = [
    { x: 0, y: 0 },
    { x: 10, y: 20 },
  ]
  expect(pathOf(points, 'right')).toBe('M0 0C5 0 5 20 10 20')
  expect(pathOf(points, 'down')).toBe('M0 0C0 10 10 10 10 20')
  expect(pathOf([], 'right')).toBe('')
})
