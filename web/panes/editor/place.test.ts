// Where a cursor stands in YAML that is half typed.
import { describe, expect, it } from 'vitest'
import { placeAt } from './place.ts'

/** The cursor is at `▮`. */
function at(marked: string) {
  const place = placeAt(marked.replace('▮', ''), marked.indexOf('▮'))
  return place && { ...place, path: place.path.map(({ key }) => key).join('/') }
}

describe('a place in YAML', () => {
  it.each([
    ['na▮', '', 'key', 'na'],
    ['name: x\n▮', '', 'key', ''],
    ['policy:\n  max▮', 'policy', 'key', 'max'],
    ['steps:\n  - us▮', 'steps/-', 'either', 'us'],
    ['steps:\n  - uses: sh▮', 'steps/-/uses', 'value', 'sh'],
    ['steps:\n  - uses: shell.exec\n    ▮', 'steps/-', 'key', ''],
    ['steps:\n- uses: shell.exec\n  with:\n    c▮', 'steps/-/with', 'key', 'c'],
    [
      'steps:\n  - id: a\n    with: { cmd: x }\n  - id: b\n    retry:\n      back▮',
      'steps/-/retry',
      'key',
      'back',
    ],
    ['steps:\n  - uses: shell.exec\n    with: { c▮', 'steps/-/with', 'key', 'c'],
    ['steps:\n  - with: { cmd: x, max: t▮', 'steps/-/with/max', 'value', 't'],
    ['on: [man▮', 'on/-', 'value', 'man'],
    ['on:\n  github:push.opened:\n    bra▮', 'on/github:push.opened', 'key', 'bra'],
    [
      '# a comment\n\non:\n  manual:\n    inputs:\n\n      who:\n        ty▮',
      'on/manual/inputs/who',
      'key',
      'ty',
    ],
    ['name: x\r\npolicy:\r\n  ma▮', 'policy', 'key', 'ma'],
  ])('%j', (marked, path, kind, word) => {
    expect(at(marked)).toMatchObject({ path, kind, word })
  })

  it.each(['# na▮', 'steps:\n  - run: |\n      ec▮', 'name: "a▮', 'with: { a: b }▮'])(
    'is none in %j',
    (marked) => expect(at(marked)).toBeUndefined(),
  )

  it('knows the neighbours of each key, above and below, and what the mapping has already', () => {
    const text =
      'steps:\n  - id: a\n    uses: one\n  - with:\n      cmd: x\n      ▮\n    uses: two\n  - uses: three\n'
    const place = placeAt(text.replace('▮', ''), text.indexOf('▮'))
    expect(place?.taken).toEqual(['cmd'])
    expect(place?.path.at(-1)).toEqual({ key: 'with', beside: { uses: 'two' } })
  })
})
