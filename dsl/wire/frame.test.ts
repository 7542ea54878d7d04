import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { STREAM_MAX, framePayload, frameStream, packFrame } from './frame.ts'

describe('a binary frame', () => {
  it('carries any stream id and any bytes unchanged', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: STREAM_MAX }),
        fc.uint8Array({ maxLength: 300 }),
        (stream, bytes) => {
          const frame = packFrame(stream, bytes)
          expect(frameStream(frame)).toBe(stream)
          expect(framePayload(frame)).toEqual(bytes)
        },
      ),
    )
  })

  it('is big-endian, so that a client in any language agrees', () => {
    expect([...packFrame(0x01020304, new Uint8Array([9]))]).toEqual([1, 2, 3, 4, 9])
  })

  it('has no stream when it is shorter than its header', () => {
    expect(frameStream(new Uint8Array())).toBe(0)
  })
})
