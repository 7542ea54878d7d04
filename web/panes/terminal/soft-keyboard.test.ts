// Edits of an on-screen keyboard as keys.
import { describe, expect, it } from 'vitest'
import { keysBetween } from './soft-keyboard.ts'

describe('an edit', () => {
  it.each([
    ['', 'h', 'h'],
    ['h', 'he', 'e'],
    ['teh', 'the', '\x7f\x7fhe'],
    ['hello', 'hell', '\x7f'],
    ['echo', 'echo ', ' '],
    ['👍', '', '\x7f'],
    ['ls', 'ls\n', '\r'],
    ['same', 'same', ''],
  ])('from %j to %j types only the difference', (before, after, keys) => {
    expect(keysBetween(before, after)).toBe(keys)
  })
})
