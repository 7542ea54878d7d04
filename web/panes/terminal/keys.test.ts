// The bytes of the extra keys, and how Ctrl and Alt stick.
import { describe, expect, it } from 'vitest'
import { NO_HOLDS, encodeKey, modify, press, release } from './keys.ts'

const ctrl = press(NO_HOLDS, 'ctrl')
const alt = press(NO_HOLDS, 'alt')
const both = press(ctrl, 'alt')

describe('an extra key', () => {
  it.each([
    ['Escape', NO_HOLDS, '\x1b'],
    ['Tab', NO_HOLDS, '\t'],
    ['Tab', alt, '\x1b\t'],
    ['ArrowUp', NO_HOLDS, '\x1b[A'],
    ['ArrowLeft', ctrl, '\x1b[1;5D'],
    ['ArrowRight', alt, '\x1b[1;3C'],
    ['ArrowDown', both, '\x1b[1;7B'],
    ['|', NO_HOLDS, '|'],
    ['-', ctrl, '\x1f'],
    ['/', alt, '\x1b/'],
  ] as const)('%s is what a keyboard sends', (key, holds, bytes) => {
    expect(encodeKey(key, holds, false)).toBe(bytes)
  })
  it('follows the cursor-key mode of the program', () => {
    expect(encodeKey('ArrowUp', NO_HOLDS, true)).toBe('\x1bOA')
    expect(encodeKey('ArrowUp', ctrl, true)).toBe('\x1b[1;5A')
  })
})

describe('a held modifier', () => {
  it('makes a control of the next character', () => {
    expect(['c', 'C', '[', ' ', '?', 'é'].map((char) => modify(char, ctrl))).toEqual([
      '\x03',
      '\x03',
      '\x1b',
      '\0',
      '\x7f',
      'é',
    ])
    expect([modify('b', alt), modify('d', both)]).toEqual(['\x1bb', '\x1b\x04'])
  })
  it('leaves a paste, a word and an answer to a program alone', () => {
    expect([modify('rm -rf x', ctrl), modify('\x1b[0n', alt)]).toEqual(['rm -rf x', '\x1b[0n'])
  })
  it('is for one key, locks at the second press and ends at the third', () => {
    expect(release(ctrl)).toEqual(NO_HOLDS)
    const locked = press(ctrl, 'ctrl')
    expect([release(locked), press(locked, 'ctrl')]).toEqual([locked, NO_HOLDS])
  })
})
