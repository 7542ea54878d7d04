import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { helloReader } from './client-hello.ts'
import type { ClientHello } from './client-hello.ts'
import { clientHello, extension, helloMessage, list16, tlsRecord } from './test-stage.ts'

const NAME = Buffer.from('ok.test')
const named = (...names: readonly Buffer[]) =>
  extension(0, list16(...names.flatMap((n) => [Buffer.from([0]), list16(n)])))

function read(...chunks: readonly Buffer[]): ClientHello {
  const reader = helloReader()
  let last: ClientHello = { state: 'more' }
  for (const chunk of chunks) {
    last = reader(chunk)
    if (last.state !== 'more') return last
  }
  return last
}

/** The message over records of these sizes, the rest in one. */
function fragmented(message: Buffer, sizes: readonly number[]): Buffer {
  const records: Buffer[] = []
  let at = 0
  for (const size of [...sizes, message.length]) {
    const fragment = message.subarray(at, at + size)
    if (fragment.length > 0) records.push(tlsRecord(fragment))
    at += size
  }
  return Buffer.concat(records)
}

describe('helloReader', () => {
  it('reads the name, as it is written', () => {
    expect(read(clientHello('Ok.Test'))).toEqual({ state: 'read', name: 'Ok.Test' })
    expect(read(tlsRecord(helloMessage(extension(16, Buffer.from([0, 0])), named(NAME))))).toMatchObject({
      name: 'ok.test',
    })
  })

  it('reads that there is no name', () => {
    expect(read(tlsRecord(helloMessage()))).toEqual({ state: 'read', name: undefined })
    expect(read(tlsRecord(helloMessage(extension(16, Buffer.alloc(2)))))).toEqual({
      state: 'read',
      name: undefined,
    })
  })

  it('reads the same whatever the records and the chunks', () => {
    const message = helloMessage(extension(21, Buffer.alloc(300)), named(NAME))
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 20 })
    fc.assert(
      fc.property(sizes, sizes, (records, cuts) => {
        const bytes = fragmented(message, records)
        const chunks: Buffer[] = []
        let at = 0
        for (const size of [...cuts, bytes.length]) {
          chunks.push(bytes.subarray(at, at + size))
          at += size
        }
        expect(read(...chunks)).toEqual({ state: 'read', name: 'ok.test' })
      }),
    )
  })

  it('wants more until the last byte is there', () => {
    const bytes = clientHello('ok.test')
    for (let size = 0; size < bytes.length; size++)
      expect(read(bytes.subarray(0, size))).toEqual({ state: 'more' })
  })

  it.each([
    ['text', Buffer.from('GET / HTTP/1.1\r\n')],
    ['another record', Buffer.from('1703030001aa', 'hex')],
    ['SSL 2', Buffer.from('802e0100020015', 'hex')],
    ['an empty record', Buffer.from('1603010000', 'hex')],
    ['a record that is too long', Buffer.from('1603014001', 'hex')],
    ['another message', tlsRecord(Buffer.from('0200000101', 'hex'))],
    ['two names', tlsRecord(helloMessage(named(NAME, Buffer.from('b.test'))))],
    ['two lists of names', tlsRecord(helloMessage(named(NAME), named(NAME)))],
    ['an empty name', tlsRecord(helloMessage(named(Buffer.alloc(0))))],
    ['an empty list', tlsRecord(helloMessage(extension(0, list16())))],
    ['another kind of name', tlsRecord(helloMessage(extension(0, list16(Buffer.from([1]), list16(NAME)))))],
    [
      'bytes behind the name',
      tlsRecord(helloMessage(extension(0, Buffer.concat([named(NAME).subarray(4), Buffer.alloc(1)])))),
    ],
    ['a second message behind it', tlsRecord(Buffer.concat([helloMessage(named(NAME)), helloMessage()]))],
    ['a length that lies', tlsRecord(Buffer.from('01000003030300', 'hex'))],
  ])('refuses %s', (_, bytes) => {
    expect(read(bytes)).toEqual({ state: 'invalid' })
  })

  it('reads or refuses any bytes, and never throws', () => {
    const hello = helloMessage(named(NAME))
    fc.assert(
      fc.property(fc.nat(hello.length - 1), fc.nat(255), (at, value) => {
        const bytes = Buffer.from(hello)
        bytes[at] = value
        expect(['more', 'invalid', 'read']).toContain(read(tlsRecord(bytes)).state)
      }),
    )
  })

  it('costs a client of one-byte records no more than its bytes', () => {
    const message = helloMessage(extension(21, Buffer.alloc(60_000)), named(NAME))
    const reader = helloReader()
    const started = performance.now()
    const states = new Set<string>()
    for (const byte of message) states.add(reader(tlsRecord(Buffer.from([byte]))).state)
    expect([...states]).toEqual(['more', 'read'])
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
