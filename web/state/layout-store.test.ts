// What is read back of a layout, where anybody may have written.
// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest'
import { addTab, splitCell } from './layout.ts'
import { keepLayout, readLayout } from './layout-store.ts'
import { freshName } from './terminals.ts'

const KEY = 'chispart.layout.w1'
const layout = splitCell(addTab(addTab([], 'a'), 'b'), 'a', 'row', 'c')

describe('a kept layout', () => {
  beforeEach(() => localStorage.clear())

  it('comes back as it was, for its workspace alone', () => {
    keepLayout(localStorage, 'w1', layout)
    expect([readLayout(localStorage, 'w1'), readLayout(localStorage, 'w2')]).toEqual([layout, []])
  })
  it('leaves nothing behind when it is empty', () => {
    keepLayout(localStorage, 'w1', layout)
    keepLayout(localStorage, 'w1', [])
    expect(localStorage.length).toBe(0)
  })
  it.each([
    'not json',
    '7',
    '{}',
    '[null]',
    '[{"root":7}]',
    '[{"root":{"axis":"row","share":2,"cells":["a","b"]}}]',
  ])('that reads %s is none', (text) => {
    localStorage.setItem(KEY, text)
    expect(readLayout(localStorage, 'w1')).toEqual([])
  })
  it('shows no terminal twice', () => {
    localStorage.setItem(KEY, '[{"root":"a","focus":"a"},{"root":"a","focus":"a"},{"root":"b","focus":"x"}]')
    expect(readLayout(localStorage, 'w1')).toEqual([
      { root: 'a', focus: 'a' },
      { root: 'b', focus: 'b' },
    ])
  })
})

describe('a new terminal', () => {
  it('has a name of its own', () => {
    const named = (...names: string[]) => freshName(names.map((name) => ({ name })))
    expect([named(), named('bash'), named('bash', 'bash 2', 'logs'), named('bash 2')]).toEqual([
      'bash',
      'bash 2',
      'bash 3',
      'bash',
    ])
  })
})
