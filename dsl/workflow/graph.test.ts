import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ancestorsOf, findCycle, levelsOf, reducedEdges, sortSteps } from './graph.ts'
import type { Graph } from './graph.ts'

const graph = (needs: Record<string, readonly string[]>): Graph => new Map(Object.entries(needs))

describe('a graph of steps', () => {
  const diamond = graph({ a: [], b: ['a'], c: ['a'], d: ['b', 'c', 'a'] })

  it('has levels whose steps run at once', () => {
    expect(levelsOf(diamond)).toEqual([['a'], ['b', 'c'], ['d']])
  })

  it('is drawn without the edges that others imply', () => {
    expect(reducedEdges(diamond).map(({ from, to }) => from + to)).toEqual(['ab', 'ac', 'bd', 'cd'])
  })

  it('tells a circle with its way round', () => {
    expect(findCycle(graph({ x: [], a: ['x', 'c'], b: ['a'], c: ['b'] }))).toEqual(['a', 'b', 'c', 'a'])
    expect(findCycle(graph({ a: ['a'] }))).toEqual(['a', 'a'])
    expect(findCycle(diamond)).toBeUndefined()
  })

  it('may be a chain of 20 000 steps', () => {
    const chain = new Map(
      Array.from({ length: 20_000 }, (_, i) => [`s${i}`, i === 0 ? [] : [`s${i - 1}`]] as const),
    )
    expect(findCycle(chain)).toBeUndefined()
    expect(levelsOf(chain)).toHaveLength(20_000)
  })
})

/** Edges go up only, so there is no circle; ids are shuffled. */
const acyclic = fc
  .array(fc.array(fc.nat(30), { maxLength: 4 }), { minLength: 1, maxLength: 30 })
  .chain((rows) =>
    fc
      .shuffledSubarray(
        rows.map((_, index) => index),
        { minLength: rows.length },
      )
      .map((order) => ({ rows, order })),
  )
  .map(
    ({ rows, order }): Graph =>
      new Map(
        order.map((index) => [
          `s${index}`,
          (rows[index] ?? []).filter((need) => need < index).map((need) => `s${need}`),
        ]),
      ),
  )

describe('any graph without a circle', () => {
  it('has an order in which each step comes after all that it waits for', () => {
    fc.assert(
      fc.property(acyclic, (steps) => {
        const order = sortSteps(steps)
        expect([...order].sort()).toEqual([...steps.keys()].sort())
        for (const [id, needs] of steps)
          for (const need of needs) expect(order.indexOf(need)).toBeLessThan(order.indexOf(id))
        expect(findCycle(steps)).toBeUndefined()
      }),
    )
  })

  it('reaches the same steps by the edges that are drawn, and by no fewer', () => {
    fc.assert(
      fc.property(acyclic, (steps) => {
        const edges = reducedEdges(steps)
        const drawn = new Map(
          [...steps.keys()].map((id) => [id, edges.filter(({ to }) => to === id).map(({ from }) => from)]),
        )
        for (const id of steps.keys()) expect(ancestorsOf(drawn, id)).toEqual(ancestorsOf(steps, id))
        for (const { from, to } of edges) {
          const less = new Map(
            [...drawn].map(([id, needs]) => [id, id === to ? needs.filter((need) => need !== from) : needs]),
          )
          expect(ancestorsOf(less, to)).not.toEqual(ancestorsOf(steps, to))
        }
      }),
      { numRuns: 50 },
    )
  })

  it('has a circle as soon as a step waits for one that waits for it', () => {
    fc.assert(
      fc.property(acyclic, (steps) => {
        const found = [...steps.keys()].find((id) => ancestorsOf(steps, id).size > 0)
        fc.pre(found !== undefined)
        const [ancestor = ''] = ancestorsOf(steps, found)
        const cycle = findCycle(new Map([...steps, [ancestor, [...(steps.get(ancestor) ?? []), found]]]))
        expect(cycle?.[0]).toBe(cycle?.at(-1))
      }),
    )
  })
})
