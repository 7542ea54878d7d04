// What is read back from local storage, where anybody may have written.
import { describe, expect, it } from 'vitest'
import { readPreferences } from './preferences.ts'

describe('kept preferences', () => {
  it('come back as they were', () => {
    const kept = { theme: 'dark', fontSize: 16, reader: true, language: 'es' }
    expect(readPreferences(JSON.stringify(kept))).toEqual(kept)
  })
  it('fall back one by one when they do not fit', () => {
    expect(readPreferences('{"theme":"pink","fontSize":900,"reader":1,"language":"fr"}')).toEqual({
      theme: 'system',
      fontSize: 24,
      reader: false,
      language: undefined,
    })
  })
  it('fall back altogether when they are no object', () => {
    expect([null, 'not json', '7', 'null'].map((text) => readPreferences(text).theme)).toEqual(
      Array(4).fill('system'),
    )
  })
})
