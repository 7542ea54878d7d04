import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
    binary(frame) {
      seen.push(Uint8Array.from(frame))
      return true
    },
  })
  await once(stream, 'end')
  return seen
}

/** Two ends of one connection, as a runtime and its server have. */
async function pair(): Promise<[Socket, Socket]> {
  const server = createServer().listen(join(await mkdtemp(join(tmpdir(), 'chispart-')), 'link.sock'))
  await once(server, 'listening')
  const near = connect(server.address() as string)
  const [[far]] = (await Promise.all([once(server, 'connection'), once(near, 'connect')])) as [
    [Socket],
    unknown,
  ]
  server.close()
  return [near, far]
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

  it('are not written over while their reader keeps them', async () => {
    const packet = fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.boolean())
    const property = fc.asyncProperty(
      fc.array(packet, { minLength: 2, maxLength: 12 }),
      fc.integer({ min: 1, max: 100 }),
      async (packets, step) => {
        const bytes = await encode(packets.map(([frame]) => frame))
        const stream = new PassThrough()
        const kept: Uint8Array[] = []
        let seen = 0
        readPackets(stream, {
          text: () => undefined,
          binary(frame) {
            const keeps = packets[seen++]?.[1] === true
            if (keeps) kept.push(frame)
            return !keeps
          },
        })
        const ended = once(stream, 'end')
        for (let at = 0; at < bytes.length; at += step)
          stream.write(Buffer.from(bytes.subarray(at, at + step)))
        stream.end()
        await ended
        expect(kept.map((frame) => Uint8Array.from(frame))).toEqual(
          packets.filter(([, keeps]) => keeps).map(([frame]) => frame),
        )
      },
    )
    await fc.assert(property, { numRuns: 50 })
  })

  it('may be written over as soon as their writer says so, also when the other side reads late', async () => {
    const [near, far] = await pair()
    let slab = Buffer.alloc(50_000)
    let waited = 0
    far.pause()
    for (let n = 0; n < 100; n++) {
      slab.fill(n)
      if (writeBinary(near, slab)) continue
      waited += 1
      slab = Buffer.alloc(50_000)
    }
    const seen: (number | undefined)[] = []
    readPackets(far, {
      text: () => undefined,
      binary(frame) {
        if (frame.every((byte) => byte === frame[0])) seen.push(frame[0])
        return true
      },
    })
    far.resume()
    near.end()
    await once(far, 'end')
    expect(waited).toBeGreaterThan(0)
    expect(waited).toBeLessThan(100)
    expect(seen).toEqual(Array.from({ length: 100 }, (_, n) => n))
  })

  it('give the memory of their chunk back once the reader is done with it, and not before', async () => {
    const chunks = [true, false].map((done) => {
      const stream = new PassThrough()
      const chunk = Buffer.allocUnsafeSlow(9)
      chunk.set([0, 0, 0, 5, 1, 1, 2, 3, 4])
      readPackets(stream, { text: () => undefined, binary: () => done })
      stream.write(chunk)
      return chunk
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(chunks.map((chunk) => chunk.byteLength)).toEqual([0, 9])
  })

  it.each([
    ['a length over the limit', Buffer.from([0xff, 0xff, 0xff, 0xff, 0]), 'too_large'],
    ['a length of zero', Buffer.from([0, 0, 0, 0, 0]), 'too_large'],
    ['an unknown kind', Buffer.from([0, 0, 0, 1, 7]), 'malformed'],
  ])('end the stream at %s', async (_, bytes, code) => {
    const stream = new PassThrough()
    readPackets(stream, { text: () => undefined, binary: () => true })
    const failed = once(stream, 'error')
    stream.write(bytes)
    expect((await failed)[0]).toMatchObject({ code })
  })
})
