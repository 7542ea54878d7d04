import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { outputOnly } from './output.ts'

function framed(stream: number, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(8)
  head[0] = stream
  head.writeUInt32BE(bytes.length, 4)
  return Buffer.concat([head, bytes])
}

it('keeps what was put out, wherever it is cut, and nothing of what was complained', async () => {
  const piece = fc.record({ stream: fc.constantFrom(1, 2), bytes: fc.uint8Array() })
  await fc.assert(
    fc.asyncProperty(fc.array(piece), fc.integer({ min: 1, max: 20 }), async (pieces, size) => {
      const whole = Buffer.concat(pieces.map(({ stream, bytes }) => framed(stream, bytes)))
      const cut = Array.from({ length: Math.ceil(whole.length / size) }, (_, n) =>
        whole.subarray(n * size, (n + 1) * size),
      )
      const wanted = Buffer.concat(pieces.flatMap(({ stream, bytes }) => (stream === 1 ? [bytes] : [])))
      expect(await buffer(Readable.from(cut, { objectMode: false }).pipe(outputOnly()))).toEqual(wanted)
    }),
  )
})
