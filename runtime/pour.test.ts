import { once } from 'node:events'
import { createServer, connect } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { openPouring, pour } from './pour.ts'

const ends: (() => unknown)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

async function listening(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  ends.push(() => server.close())
  return (server.address() as AddressInfo).port
}

/** A source that says what the test wants, and a connection that pours it. */
async function source(answer: (socket: Socket) => void): Promise<Socket> {
  const port = await listening(
    createServer({ allowHalfOpen: true }, (socket) => {
      ends.push(() => socket.destroy())
      socket.on('error', () => undefined)
      answer(socket)
    }),
  )
  const from = openPouring({ port, host: '127.0.0.1', allowHalfOpen: true })
  ends.push(() => from.destroy())
  await once(from, 'connect')
  return from
}

/** Two ends of a connection: what is written to one comes out of the other. */
async function pair(): Promise<[sink: Socket, reader: Socket]> {
  const accepted = Promise.withResolvers<Socket>()
  const port = await listening(createServer({ allowHalfOpen: true }, accepted.resolve))
  const reader = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const sink = await accepted.promise
  for (const socket of [sink, reader]) ends.push(() => socket.on('error', () => undefined).destroy())
  return [sink, reader]
}

/** Bytes of which no two neighbours of any distance up to a buffer are alike. */
function bytesOf(size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size - (size % 4))
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE((at * 2_654_435_761) >>> 0, at)
  return bytes
}

async function all(reader: Socket | PassThrough): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of reader) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

describe('what is poured', () => {
  it.each([
    ['a few bytes', 8],
    ['more than all of its buffers hold', 30_000_000],
  ])('comes out whole, in order and with its end: %s', async (_, size) => {
    const bytes = bytesOf(size)
    const from = await source((socket) => socket.end(bytes))
    const [sink, reader] = await pair()
    pour(from, sink)
    const got = await all(reader)
    expect([got.length, got.equals(bytes), from.bytesRead]).toEqual([bytes.length, true, bytes.length])
  })

  it('comes out whole for a reader that takes it in bits and pauses', async () => {
    const bytes = bytesOf(8_000_000)
    const from = await source((socket) => socket.end(bytes))
    const [sink, reader] = await pair()
    pour(from, sink)
    const chunks: Buffer[] = []
    reader.on('readable', () => {
      const chunk = reader.read(Math.min(10_007, reader.readableLength)) as Buffer | null
      if (chunk !== null) chunks.push(chunk)
      setImmediate(() => reader.emit('readable'))
    })
    await once(reader, 'end')
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
  })

  it('waits while nobody reads, and holds little', async () => {
    const from = await source((socket) => {
      const more = () => void (socket.write(Buffer.alloc(1_048_576)) && setImmediate(more))
      socket.on('drain', more)
      more()
    })
    const [sink, reader] = await pair()
    reader.pause()
    pour(from, sink)
    let before = -1
    await expect
      .poll(() => {
        const same = from.bytesRead === before && before > 0
        before = from.bytesRead
        return same
      })
      .toBe(true)
    expect(sink.writableLength).toBeLessThan(2_000_000)
    reader.resume()
    await expect.poll(() => from.bytesRead - before).toBeGreaterThan(10_000_000)
  })

  it('waits for its sink, also when it came before, and with its end', async () => {
    const said = Promise.withResolvers<void>()
    const from = await source((socket) => socket.end('early', () => said.resolve()))
    await said.promise
    await expect.poll(() => from.bytesRead).toBe(5)
    const [sink, reader] = await pair()
    pour(from, sink)
    expect(String(await all(reader))).toBe('early')
  })

  it('may go to a stream that keeps what it is given', async () => {
    const bytes = bytesOf(5_000_000)
    const from = await source((socket) => socket.end(bytes))
    const sink = new PassThrough({ highWaterMark: 50_000_000 })
    pour(from, sink)
    expect((await all(sink)).equals(bytes)).toBe(true)
  })

  it('goes on for others when a sink is gone', async () => {
    const from = await source((socket) => {
      const more = () => void (socket.write(Buffer.alloc(65_536)) && setImmediate(more))
      socket.on('drain', more)
      more()
    })
    const [sink, reader] = await pair()
    sink.once('close', () => from.destroy())
    sink.on('error', () => undefined)
    pour(from, sink)
    await once(reader, 'data')
    reader.destroy()
    await once(from, 'close')
  })
})

it('a socket that was not opened for it is piped', async () => {
  const port = await listening(createServer((socket) => socket.end('plain')))
  const [sink, reader] = await pair()
  pour(connect({ port, host: '127.0.0.1' }), sink)
  expect(String(await all(reader))).toBe('plain')
})
