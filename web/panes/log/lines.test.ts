import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LINE_MAX, createLines } from './lines.ts'
import type { LogLines } from './lines.ts'
import { createSearch } from './search.ts'

const numbers = (lines: LogLines) =>
  Array.from({ length: lines.last() - lines.first() + 1 }, (_, index) => lines.first() + index)
const plain = (lines: LogLines) =>
  numbers(lines).map((number) =>
    lines
      .pieces(number)
      .map(({ text }) => text)
      .join(''),
  )

describe('the lines of a log', () => {
  it('are the same however the text was cut on its way', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r\n', '\x1b[31m', '\x1b[0m', 'é', ' ') })
    fc.assert(
      fc.property(text, fc.array(fc.nat(40)), (whole, cuts) => {
        const once = createLines()
        once.add(whole)
        const parts = createLines()
        let at = 0
        for (const cut of cuts) parts.add(whole.slice(at, (at += cut)))
        parts.add(whole.slice(at))
        expect(numbers(parts).map((number) => parts.pieces(number))).toEqual(
          numbers(once).map((number) => once.pieces(number)),
        )
      }),
    )
  })

  it('keep the colour that a line before them began', () => {
    const lines = createLines()
    lines.add('\x1b[32mgreen\nstill\x1b[0m\nplain\n\x1b[1mopen')
    expect(numbers(lines).map((number) => lines.pieces(number)[0]?.classes)).toEqual([
      'fg2',
      'fg2',
      '',
      'bold',
    ])
  })

  it('keep their numbers when the first of very many go', () => {
    const lines = createLines(80)
    lines.add(Array.from({ length: 100 }, (_, index) => `line ${index + 1}\n`).join(''))
    expect([lines.first(), lines.last()]).toEqual([21, 100])
    expect(plain(lines)[0]).toBe('line 21')
  })

  it('are cut when nobody could read them, and a progress bar is its end', () => {
    const lines = createLines()
    lines.add(`${'x'.repeat(LINE_MAX + 5)}\n${'50%\r'.repeat(LINE_MAX)}100%`)
    expect(plain(lines).map((line) => line.length)).toEqual([LINE_MAX + 2, 4])
  })

  it('of an empty log are none', () => {
    const lines = createLines()
    lines.add('')
    expect(numbers(lines)).toEqual([])
  })
})

describe('a search in a log', () => {
  it('finds text and not colours, in any case, in lines that come later too', () => {
    const lines = createLines()
    const find = createSearch(lines)
    lines.add('An ERROR\nnothing\n\x1b[31mer\x1b[0mror\nerr')
    expect(find('')).toBeUndefined()
    expect(find('error')).toEqual([1, 3])
    lines.add('or too\nerror.\n')
    expect(find('error')).toEqual([1, 3, 4, 5])
    expect(find('31m')).toEqual([])
    expect(find('error.')).toEqual([5])
  })

  it('forgets lines that are no longer kept', () => {
    const lines = createLines(8)
    const find = createSearch(lines)
    lines.add('x\n'.repeat(8))
    expect(find('x')).toHaveLength(8)
    lines.add('x\n'.repeat(8))
    expect(find('x')?.at(0)).toBe(lines.first())
  })
})
