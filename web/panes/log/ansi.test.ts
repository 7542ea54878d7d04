import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PLAIN, readLine } from './ansi.ts'
import type { Line } from './ansi.ts'

function linesOf(text: string): Line[] {
  let style = PLAIN
  return text.split(/\r?\n/).map((one) => {
    const read = readLine(one, style)
    style = read.style
    return read.line
  })
}
const plain = (text: string) => linesOf(text).map((line) => line.map((piece) => piece.text).join(''))

describe('lines of a log', () => {
  it('keep colours and weight as classes, over line ends too', () => {
    expect(linesOf('\x1b[1;31mred\nstill\x1b[0m plain \x1b[38;5;12mblue\x1b[39m\x1b[102mon green')).toEqual([
      [{ text: 'red', classes: 'bold fg1' }],
      [
        { text: 'still', classes: 'bold fg1' },
        { text: ' plain ', classes: '' },
        { text: 'blue', classes: 'fg12' },
        { text: 'on green', classes: 'bg10' },
      ],
    ])
  })

  it('show what a progress bar ended as', () => {
    expect(plain('10%\r50%\r100%\r\ndone')).toEqual(['100%', 'done'])
  })

  it('hold no escape of another kind: titles, links, movements, questions to the terminal', () => {
    const hostile =
      'a\x1b]0;title\x07b\x1b]8;;javascript:alert(1)\x1b\\c\x1b]8;;\x1b\\\x1b[2J\x1b[6n\x1bPq#1\x1b\\d\x1b(B\x1b'
    expect(plain(hostile)).toEqual(['abcd'])
  })

  it('never hold a control character, whatever the text', () => {
    const noise = fc.string({
      unit: fc.constantFrom('\x1b', '[', ']', ';', '3', '8', 'm', '\r', '\n', '\x07', 'x', '\0'),
    })
    fc.assert(
      fc.property(noise, (text) => {
        // eslint-disable-next-line no-control-regex
        for (const line of plain(text)) expect(line).not.toMatch(/[\0-\x1f\x7f]/)
      }),
    )
  })
})
