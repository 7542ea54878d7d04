// Tabs and splits, and where they are drawn.
import { describe, expect, it } from 'vitest'
import {
  addTab,
  afterDrop,
  dropCell,
  focusOn,
  follow,
  moveTab,
  shareOf,
  splitCell,
  step,
  tabOf,
  terminalsOf,
} from './layout.ts'
import type { Layout, Split } from './layout.ts'
import { neighbour, place } from './place.ts'

const three = splitCell(splitCell(addTab([], 'a'), 'a', 'row', 'b'), 'b', 'column', 'c')

describe('a layout', () => {
  it('gives a new terminal a tab of its own, with the keyboard', () => {
    expect(addTab(three, 'd').at(-1)).toEqual({ root: 'd', focus: 'd' })
  })
  it('splits the place of one terminal and leaves the others', () => {
    expect(place(three[0]!.root).panes).toEqual([
      { pty: 'a', rect: { x: 0, y: 0, width: 0.5, height: 1 } },
      { pty: 'b', rect: { x: 0.5, y: 0, width: 0.5, height: 0.5 } },
      { pty: 'c', rect: { x: 0.5, y: 0.5, width: 0.5, height: 0.5 } },
    ])
  })
  it('lets the neighbour grow when a terminal goes', () => {
    expect(dropCell(three, 'b')[0]!.root).toEqual({ axis: 'row', share: 0.5, cells: ['a', 'c'] })
    expect(dropCell(addTab([], 'a'), 'a')).toEqual([])
  })
  it('hands the keyboard on in the tab, then to the tab before', () => {
    const layout = addTab(three, 'd')
    expect(afterDrop(layout, 'c')).toBe('a')
    expect(afterDrop(layout, 'd')).toBe('c')
    expect(afterDrop(addTab([], 'a'), 'a')).toBeUndefined()
  })
  it('keeps a share within its limits', () => {
    const split = three[0]!.root as Split
    expect((shareOf(three, split, 0.001)[0]!.root as Split).share).toBe(0.1)
    expect((shareOf(three, split, 0.7)[0]!.root as Split).share).toBe(0.7)
  })
  it('follows what lives: the dead leave, strangers get a tab', () => {
    const next = follow(three, ['a', 'c', 'z'])
    expect(next.map((tab) => terminalsOf(tab.root))).toEqual([['a', 'c'], ['z']])
    expect(follow(next, ['z', 'c', 'a'])).toBe(next)
  })
  it('moves a tab, and not beyond the ends', () => {
    const layout = addTab(addTab(three, 'd'), 'e')
    const order = (moved: Layout) => moved.map((tab) => terminalsOf(tab.root)[0])
    expect(order(moveTab(layout, 'd', -1))).toEqual(['d', 'a', 'e'])
    expect(order(moveTab(layout, 'b', 2))).toEqual(['d', 'e', 'a'])
    expect(order(moveTab(layout, 'e', 1))).toEqual(['a', 'd', 'e'])
  })
  it('steps through all terminals, round and round', () => {
    const layout = addTab(three, 'd')
    expect([step(layout, 'c', 1), step(layout, 'd', 1), step(layout, 'a', -1)]).toEqual(['d', 'a', 'd'])
    expect(step([], 'a', 1)).toBeUndefined()
  })
  it('remembers which terminal had the keyboard', () => {
    const layout: Layout = focusOn(three, 'a')
    expect(tabOf(layout, 'c')?.focus).toBe('a')
  })
})

describe('a neighbour', () => {
  const { root } = three[0]!
  it('is the nearest terminal that way', () => {
    expect([neighbour(root, 'b', 'down'), neighbour(root, 'c', 'up'), neighbour(root, 'c', 'left')]).toEqual([
      'c',
      'b',
      'a',
    ])
  })
  it('is nobody at the edge', () => {
    expect([neighbour(root, 'a', 'left'), neighbour(root, 'c', 'down'), neighbour(root, 'x', 'up')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})
