import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RING_MAX, recorder } from './recorder.ts'

const SIZE = { cols: 80, rows: 24 }

describe('the recorder', () => {
  it('keeps every byte once, in the ring or handed to evict, at its offset', () => {
    const chunks = fc.array(fc.integer({ min: 1, max: 900_000 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(chunks, (lengths) => {
        let gone = 0
        const byteAt = (offset: number) => (offset * 31 + (offset >> 8)) & 0xff
        const ring = recorder(SIZE, (bytes, at) => {
          expect(at).toBe(gone)
          expect(bytes[0]).toBe(byteAt(at))
          gone += bytes.length
        })
        let written = 0
        for (const length of lengths) {
          ring.append(Uint8Array.from({ length }, (_, i) => byteAt(written + i)))
          written += length
        }
        expect(ring.end).toBe(written)
        expect(ring.start).toBe(gone)
        expect(ring.end - ring.start).toBeLessThanOrEqual(RING_MAX)
        const kept = ring.read(ring.start, written)
        expect(kept.length).toBe(ring.end - ring.start)
        expect(kept.every((byte, i) => byte === byteAt(ring.start + i))).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  it('knows the size that every kept byte was written at', () => {
    const ring = recorder(SIZE, () => undefined)
    ring.append(new Uint8Array(10))
    ring.mark({ cols: 100, rows: 30 })
    ring.append(new Uint8Array(5))
    expect(ring.marks(3)).toEqual([
      { at: 0, ...SIZE },
      { at: 10, cols: 100, rows: 30 },
    ])
    expect(ring.marks(12)).toEqual([{ at: 10, cols: 100, rows: 30 }])
  })
})
