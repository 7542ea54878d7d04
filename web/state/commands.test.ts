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
  it('tells letters by their place', () => {
    expect(pressed('Ctrl+Shift+X', press('X', 'KeyX', { ctrlKey: true, shiftKey: true }))).toBe(true)
    expect(pressed('Ctrl+Shift+]', press('}', 'BracketRight', { ctrlKey: true, shiftKey: true }))).toBe(true)
    expect(pressed('Ctrl+0', press('0', 'Digit0', { ctrlKey: true }))).toBe(true)
  })
  it('finds the plus wherever a keyboard has it', () => {
    expect(pressed('Ctrl+=', press('=', 'Equal', { ctrlKey: true }))).toBe(true)
    expect(pressed('Ctrl+=', press('+', 'Equal', { ctrlKey: true, shiftKey: true }))).toBe(true)
    expect(pressed('Ctrl+=', press('+', 'BracketRight', { ctrlKey: true }))).toBe(true)
    expect(pressed('Ctrl+=', press('=', 'Equal', {}))).toBe(false)
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
