// Which press is which command, and which commands a wish finds.
import { describe, expect, it } from 'vitest'
import { matching, pressed } from './commands.ts'

const press = (
  key: string,
  code: string,
  held: Partial<Record<'ctrlKey' | 'shiftKey' | 'altKey', boolean>>,
) => ({
  key,
  code,
  ctrlKey: false,
  shiftKey: false,
  altKey: false,
  metaKey: false,
  ...held,
})

describe('a press', () => {
  it('is a command only with exactly its keys', () => {
    const keys = 'Ctrl+Shift+Enter'
    expect(pressed(keys, press('Enter', 'Enter', { ctrlKey: true, shiftKey: true }))).toBe(true)
    expect(pressed(keys, press('Enter', 'Enter', { ctrlKey: true }))).toBe(false)
    expect(pressed('Ctrl+K', press('k', 'KeyK', { ctrlKey: true, altKey: true }))).toBe(false)
  })
  it('tells letters and digits by their place', () => {
    expect(pressed('Ctrl+Shift+X', press('X', 'KeyX', { ctrlKey: true, shiftKey: true }))).toBe(true)
    expect(pressed('Alt+3', press('¤', 'Digit3', { altKey: true }))).toBe(true)
  })
})

describe('a wish', () => {
  const items = [{ text: 'Dividir a la derecha' }, { text: 'Terminal nueva' }, { text: 'Más' }]
  it('finds words in any order, without regard to case or accents', () => {
    expect(matching(items, 'derecha DIV')).toEqual([items[0]])
    expect(matching(items, 'mas')).toEqual([items[2]])
    expect(matching(items, '')).toEqual(items)
  })
})
