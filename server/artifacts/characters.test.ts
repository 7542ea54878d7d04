import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wholeCharacters } from './characters.ts'

const strict = (bytes: Uint8Array) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)

describe('where UTF-8 may be cut', () => {
  it('is before a character that is not whole yet, and nowhere earlier', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), fc.nat(), (text, where) => {
        const all = Buffer.from(text)
        const cut = all.subarray(0, where % (all.length + 1))
        const whole = wholeCharacters(cut)
        expect(text.startsWith(strict(cut.subarray(0, whole)))).toBe(true)
        const next = [...text].find((_, n) => Buffer.byteLength([...text].slice(0, n).join('')) === whole)
        if (whole < cut.length) expect(Buffer.byteLength(next ?? '')).toBeGreaterThan(cut.length - whole)
      }),
    )
  })

  it('holds back at most three bytes of anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        const held = bytes.length - wholeCharacters(bytes)
        expect(held).toBeGreaterThanOrEqual(0)
        expect(held).toBeLessThanOrEqual(3)
      }),
    )
  })
})
