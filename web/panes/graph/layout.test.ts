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
