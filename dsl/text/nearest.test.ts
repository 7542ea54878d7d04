import { describe, expect, it } from 'vitest'
import { nearest } from './nearest.ts'

describe('the nearest word', () => {
  it.each([
    ['polcy', 'policy'],
    ['setps', 'steps'],
    ['NAME', 'name'],
    ['neds', 'needs'],
  ])('of %s is %s', (word, wanted) => {
    expect(nearest(word, ['name', 'on', 'policy', 'steps', 'needs'])).toBe(wanted)
  })

  it('is none when nothing is near', () => {
    expect(nearest('elephant', ['name', 'on', 'policy'])).toBeUndefined()
    expect(nearest('x'.repeat(1000), ['x'.repeat(999)])).toBeUndefined()
  })
})
