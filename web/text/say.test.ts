// The languages agree on their keys, and holes are filled.
import { describe, expect, it } from 'vitest'
import { en } from './en.ts'
import { es } from './es.ts'
import { languageOf, say } from './say.ts'

describe('texts', () => {
  it('have the same keys in both languages', () => {
    expect(Object.keys(es).sort()).toEqual(Object.keys(en).sort())
  })
  it('are never empty', () => {
    expect([...Object.values(en), ...Object.values(es)].filter((text) => !text.trim())).toEqual([])
  })
  it('fill their holes', () => {
    expect(say('en', 'home.terminal.hint', { name: 'lab' })).toBe('in lab')
  })
  it('follow the language of the browser', () => {
    expect([languageOf('es-MX'), languageOf('en-GB'), languageOf('est')]).toEqual(['es', 'en', 'en'])
  })
})
