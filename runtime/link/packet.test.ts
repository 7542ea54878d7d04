import { once } from 'node:events'
import { Duplex, PassThrough } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPackets, writeBinary, writeText } from './packet.ts'

type Packet = string | Uint8Array

async function encode(packets: Packet[]): Promise<Buffer> {
  const stream = new PassThrough({ highWaterMark: 1 << 24 })
  for (const packet of packets)
    if (typeof packet === 'string') writeText(stream, packet)
    else writeBinary(stream, packet)
  await new Promise((resolve) => setImmediate(resolve))
  return (stream.read() as Buffer | null) ?? Buffer.alloc(0)
}

async function decode(chunks: Buffer[]): Promise<Packet[]> {
  const seen: Packet[] = []
  const stream = Duplex.from(async function* () {
    for (const chunk of chunks) yield await Promise.resolve(chunk)
  })
  readPackets(stream, {
    text: (text) => seen.push(text),
    binary: (frame) => seen.push(Uint8Array.from(frame)),
  })
  await once(stream, 'end')
  return seen
}

describe('packets of the link', () => {
  it('arrive whole and in order, however the bytes are cut', async () => {
    const packet = fc.oneof(fc.string(), fc.uint8Array({ maxLength: 64 }))
    const property = fc.asyncProperty(
      fc.array(packet, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 40 }),
      async (packets, step) => {
        const bytes = await encode(packets)
        const chunks: Buffer[] = []
        for (let at = 0; at < bytes.length; at += step) chunks.push(bytes.subarray(at, at + step))
        expect(await decode(chunks)).toEqual(packets)
      },
    )
    await fc.assert(property, { numRuns: 50 })
  })

  it.each([
    ['a length over the limit', Buffer.from([0xff, 0xff, 0xff, 0xff, 0]), 'too_large'],
    ['a length of zero', Buffer.from([0, 0, 0, 0, 0]), 'too_large'],
    ['an unknown kind', Buffer.from([0, 0, 0, 1, 7]), 'malformed'],
  ])('end the stream at %s', async (_, bytes, code) => {
    const stream = new PassThrough()
    readPackets(stream, { text: () => undefined, binary: () => undefined })
    const failed = once(stream, 'error')
    stream.write(bytes)
    expect((await failed)[0]).toMatchObject({ code })
  })
})
