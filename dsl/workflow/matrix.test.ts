import { describe, expect, it } from 'vitest'
import { combinationName, expandMatrix, resolveMatrix } from './matrix.ts'

const expand = (axes: Record<string, unknown[]>, include: object[] = [], exclude: object[] = []) =>
  expandMatrix({ axes, include: include as never, exclude: exclude as never })

describe('a matrix', () => {
  it('is the product of its axes, the last one turning fastest', () => {
    expect(expand({ os: ['a', 'b'], node: [1, 2] })).toEqual([
      { os: 'a', node: 1 },
      { os: 'a', node: 2 },
      { os: 'b', node: 1 },
      { os: 'b', node: 2 },
    ])
  })

  it("adds include as in the example of GitHub's documentation", () => {
    const include = [
      { color: 'green' },
      { color: 'pink', animal: 'cat' },
      { fruit: 'apple', shape: 'circle' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ]
    expect(expand({ fruit: ['apple', 'pear'], animal: ['cat', 'dog'] }, include)).toEqual([
      { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
      { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
      { fruit: 'pear', animal: 'cat', color: 'pink' },
      { fruit: 'pear', animal: 'dog', color: 'green' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ])
  })

  it('leaves out what exclude says in part, before include', () => {
    expect(expand({ os: ['a', 'b'], v: [1, 2] }, [{ os: 'b', v: 1 }], [{ os: 'b' }])).toEqual([
      { os: 'a', v: 1 },
      { os: 'a', v: 2 },
      { os: 'b', v: 1 },
    ])
  })

  it('may be of include alone', () => {
    expect(expand({}, [{ a: 1 }, { a: 2 }])).toEqual([{ a: 1 }, { a: 2 }])
  })

  it('compares objects by what they hold', () => {
    expect(expand({ c: [{ x: [1] }, { x: [2] }] }, [], [{ c: { x: [1] } }])).toEqual([{ c: { x: [2] } }])
  })

  it('has 256 combinations at most', () => {
    const list = Array.from({ length: 17 }, (_, index) => index)
    expect(() => expand({ a: list, b: list })).toThrow(/256 combinations at most; here are 289/)
  })

  it('may come from the output of a step', () => {
    const matrix = {
      axes: { v: '${{ fromJSON(steps.list.output) }}' },
      include: [],
      exclude: [],
      fail_fast: true,
    }
    const scope = { names: { steps: { list: { output: '[1,2]' } } } }
    expect(expandMatrix(resolveMatrix(matrix, scope))).toEqual([{ v: 1 }, { v: 2 }])
    const whole = {
      expression: '${{ steps.list.output | . }}',
      axes: {},
      include: [],
      exclude: [],
      fail_fast: true,
    }
    const output = '{"v":[1],"include":[{"w":2}]}'
    expect(expandMatrix(resolveMatrix(whole, { names: { steps: { list: { output } } } }))).toEqual([
      { v: 1, w: 2 },
    ])
    expect(() => resolveMatrix(matrix, { names: { steps: { list: { output: '1' } } } })).toThrow(
      /matrix\.v is not a list/,
    )
  })

  it('has names that people read', () => {
    expect(combinationName({ node: 20, os: 'linux', c: { a: 1 } })).toBe('node=20, os=linux, c={"a":1}')
  })
})
