// Whose size a terminal has, told with a clock that the test turns.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Size } from '#dsl/powers/pty.ts'
import { createGeometry } from './geometry.ts'

const small = { cols: 40, rows: 20 }
const large = { cols: 120, rows: 40 }

function geometry(ask: (size: Size) => Promise<unknown> = () => Promise.resolve()) {
  const drawn: Size[] = []
  const foreign: boolean[] = []
  const asked: Size[] = []
  const made = createGeometry(small, {
    draw: (size) => drawn.push(size),
    foreign: (now) => foreign.push(now),
    ask(size) {
      asked.push(size)
      return ask(size)
    },
  })
  return { ...made, drawn, foreign, asked }
}

describe('the size of a terminal', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('follows the window at once, and the program once it settles', async () => {
    const here = geometry()
    for (const cols of [50, 60, 70]) here.fit({ cols, rows: 20 })
    expect([here.drawn.at(-1), here.asked]).toEqual([{ cols: 70, rows: 20 }, []])
    await vi.runAllTimersAsync()
    expect(here.asked).toEqual([{ cols: 70, rows: 20 }])
  })
  it('is drawn as another client wants it, and a window that changes does not take it back', async () => {
    const here = geometry()
    here.is(large)
    expect([here.drawn.at(-1), here.foreign]).toEqual([large, [true]])
    here.fit({ cols: 30, rows: 10 })
    await vi.runAllTimersAsync()
    expect(here.asked).toEqual([])
  })
  it('is taken back by typing', async () => {
    const here = geometry()
    here.is(large)
    here.claim()
    await vi.runAllTimersAsync()
    expect([here.asked, here.foreign.slice(0, 2)]).toEqual([[small], [true, false]])
  })
  it('is not torn by news that is older than its wish', async () => {
    let answer: () => void = () => undefined
    const here = geometry(() => new Promise<void>((done) => (answer = done)))
    here.fit(large)
    await vi.advanceTimersByTimeAsync(100)
    here.is(small)
    expect(here.drawn.at(-1)).toEqual(large)
    here.is(large)
    answer()
    await vi.runAllTimersAsync()
    expect([here.drawn.at(-1), here.foreign]).toEqual([large, []])
  })
  it('survives a wish that fails', async () => {
    const here = geometry(() => Promise.reject(new Error('gone')))
    here.fit(large)
    await vi.runAllTimersAsync()
    expect(here.foreign).toEqual([true])
  })
  it('asks for nothing after it is closed', async () => {
    const here = geometry()
    here.fit(large)
    here.close()
    await vi.runAllTimersAsync()
    expect(here.asked).toEqual([])
  })
})
