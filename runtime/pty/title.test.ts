import { expect, it } from 'vitest'
import { recorder, RING_MAX } from './recorder.ts'
import { titleOf } from './title.ts'

function shown(...parts: string[]): string[] {
  const kept = recorder({ cols: 80, rows: 24 }, () => undefined)
  const title = titleOf(kept)
  return parts.map((part) => {
    kept.append(Buffer.from(part))
    return title()
  })
}

it('a title is the last one that was set, by either end of it, whatever comes after', () => {
  expect(shown('text', '\x1b]0;one\x07more', '\x1b]2;dos ñandú\x1b\\', 'text')).toEqual([
    '',
    'one',
    'dos ñandú',
    'dos ñandú',
  ])
})

it('a title that arrives in two pieces is read when it is whole', () => {
  expect(shown('\x1b]0;build ', 'of main\x07')).toEqual(['', 'build of main'])
})

it('a title holds no control character, and no more than a line of text', () => {
  expect(shown('\x1b]0;a\u009b31m\u202eb\nc\x07')).toEqual(['a31mbc'])
  expect(shown(`\x1b]0;${'x'.repeat(900)}\x07`)[0]).toHaveLength(200)
})

it('a title outlives the bytes that set it', () => {
  expect(shown('\x1b]0;kept\x07', 'x'.repeat(RING_MAX + 10))).toEqual(['kept', 'kept'])
})
