// What a finger means: its speed, its lines, its cells.
import { Terminal } from '@xterm/headless'
import { describe, expect, it } from 'vitest'
import { linesOf } from './scroll.ts'
import { between, cellAt, cornerOf, lengthOf, wordAt } from './select.ts'
import { slowed, speedOf } from './touch.ts'

describe('momentum', () => {
  const trail = [0, 40, 80, 120].map((at) => ({ at, x: 0, y: at * 2 }))
  it('is as fast as the finger was last', () => {
    expect(speedOf(trail, 125).y).toBeCloseTo(2)
  })
  it('is none for a finger that had stopped', () => {
    expect(speedOf(trail, 400)).toEqual({ x: 0, y: 0 })
  })
  it('falls, and ends', () => {
    expect(slowed({ x: 0, y: 1 }, 325)?.y).toBeCloseTo(1 / Math.E)
    expect(slowed({ x: 0, y: 1 }, 5000)).toBeUndefined()
  })
})

describe('pixels', () => {
  it('are whole lines and a rest, either way', () => {
    expect(linesOf(50, 20)).toEqual({ lines: 2, rest: 10 })
    expect(linesOf(-50, 20)).toEqual({ lines: -2, rest: -10 })
    expect(linesOf(19, 20)).toEqual({ lines: 0, rest: 19 })
  })
})

describe('a selection', () => {
  const grid = { cols: 10, rows: 4, top: 100, box: { left: 50, top: 20, width: 100, height: 80 } }
  it('finds the cell under a finger, and stays on the screen', () => {
    expect(cellAt({ x: 75, y: 45 }, grid)).toEqual({ column: 2, row: 101 })
    expect(cellAt({ x: 0, y: 999 }, grid)).toEqual({ column: 0, row: 103 })
  })
  it('knows where its ends are drawn, unless they are scrolled away', () => {
    expect(cornerOf({ column: 2, row: 101 }, true, grid)).toEqual({ x: 30, y: 40 })
    expect(cornerOf({ column: 2, row: 99 }, false, grid)).toBeUndefined()
  })
  it('runs from its first end to its last', () => {
    const span = between({ column: 3, row: 7 }, { column: 8, row: 5 })
    expect(span.from).toEqual({ column: 8, row: 5 })
    expect(lengthOf(span, 10)).toBe(16)
  })
  it('takes the whole word, wide characters too, and no blank', async () => {
    const xterm = new Terminal({ cols: 20, rows: 2, allowProposedApi: true })
    await new Promise<void>((drawn) => xterm.write('cat 日本語.txt', drawn))
    const word = (column: number) => wordAt(xterm.buffer.active, { column, row: 0 }, 20)
    expect(word(5)).toEqual({ from: { column: 4, row: 0 }, to: { column: 13, row: 0 } })
    expect([word(3), word(18)]).toEqual([undefined, undefined])
  })
})
