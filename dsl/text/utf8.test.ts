// Pieces of UTF-8, cut anywhere.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createJoiner, unfinished } from './utf8.ts'

const encode = (text: string) => new TextEncoder().encode(text)

describe('a piece of UTF-8', () => {
  it.each([
    ['abc', 0],
    ['é', 0],
    ['—', 0],
    ['👩', 0],
  ])('%s is whole', (text, rest) => {
    expect(unfinished(encode(text))).toBe(rest)
  })
  it('may end in the beginning of a character', () => {
    const woman = encode('a👩')
    expect([1, 2, 3].map((cut) => unfinished(woman.subarray(0, woman.length - cut)))).toEqual([3, 2, 1])
    expect(unfinished(encode('x\u200d').subarray(0, 3))).toBe(2)
  })
  it('does not wait for what is no UTF-8', () => {
    expect(
      [[0xff], [0xc0], [0x80, 0x80, 0x80, 0x80], [0xf5, 0x80]].map((b) => unfinished(Uint8Array.from(b))),
    ).toEqual([0, 0, 0, 0])
  })
  const cuts = fc.array(fc.nat(8))
  function handOn(all: Uint8Array, lengths: readonly number[]): Uint8Array[] {
    const joiner = createJoiner()
    let at = 0
    return [...lengths, all.length].map((length) => joiner.join(all.subarray(at, (at += length))))
  }
  it('is handed on in whole characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }).map(encode), cuts, (all, lengths) => {
        const pieces = handOn(all, lengths)
        expect(pieces.map(unfinished)).toEqual(pieces.map(() => 0))
        expect(pieces.flatMap((piece) => [...piece])).toEqual([...all])
      }),
    )
  })
  it('loses no byte, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), cuts, (all, lengths) => {
        const out = handOn(all, lengths).flatMap((piece) => [...piece])
        expect(out).toEqual([...all.subarray(0, all.length - unfinished(all))])
      }),
    )
  })
})
