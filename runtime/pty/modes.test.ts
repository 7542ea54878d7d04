import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createModes } from './modes.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')
const after = (...pieces: string[]) => {
  const modes = createModes()
  for (const piece of pieces) modes.take(bytes(piece))
  return modes.text()
}

describe('the modes of bytes that are gone', () => {
  it.each([
    ['the alternate screen and the mouse', '\x1b[?1049;1006h', '\x1b[?1049h\x1b[?1006h'],
    ['a mode that was set and unset', '\x1b[?25l\x1b[?25h', '\x1b[?25h'],
    ['a scroll region', 'a\x1b[2;10rb', '\x1b[2;10r'],
    ['the keypad', '\x1b=\x1b>', '\x1b>'],
    ['nothing after a full reset', '\x1b[?25l\x1b[2;3r\x1b=\x1bc', ''],
    ['nothing after a soft reset', '\x1b[?25l\x1b[!p', ''],
    ['nothing of colours, titles and movements', '\x1b[31mred\x1b]0;[?25h\x07\x1b[3A\x1b[4h', ''],
  ])('hold %s', (_, text, expected) => {
    expect(after(text)).toBe(expected)
  })

  it('are the same however the bytes are cut', () => {
    const word = fc.constantFrom(
      '\x1b[?1049h',
      '\x1b[?2004l',
      '\x1b[1;5r',
      '\x1b[31m',
      'text',
      '\x1bc',
      '\x1b=',
      '\x1b[',
      '\x1b',
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), fc.integer({ min: 1, max: 9 }), (words, step) => {
        const text = words.join('')
        const pieces = text.match(new RegExp(`[^]{1,${step}}`, 'g')) ?? []
        expect(after(...pieces)).toBe(after(text))
      }),
    )
  })

  it('keep no endless escape', () => {
    const modes = createModes()
    for (let n = 0; n < 100; n++) modes.take(bytes('\x1b[' + '1;'.repeat(5000)))
    modes.take(bytes('m\x1b[?25l'))
    expect(modes.text()).toBe('\x1b[?25l')
  })
})
