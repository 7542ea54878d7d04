// Packets of the link on a byte stream (dsl/wire/link.ts). It cuts and joins; it never reads what a packet holds.
import type { Duplex } from 'node:stream'
import { Fault } from '#dsl/fault.ts'
import { FRAME_HEADER, FRAME_PAYLOAD_MAX } from '#dsl/wire/frame.ts'
import { PACKET_BINARY, PACKET_HEADER, PACKET_MAX, PACKET_TEXT } from '#dsl/wire/packet.ts'

export interface PacketReader {
  text(text: string): void
  /** Answers true when it is done with the frame, whose bytes are then written over. */
  binary(frame: Uint8Array): boolean
}

/** Bytes of the length field, which counts kind and payload. */
const LENGTH = 4
/** The longest packet of a stream; only a text may be longer. */
const FRAME_MAX = PACKET_HEADER + FRAME_HEADER + FRAME_PAYLOAD_MAX

/**
 * Hands every whole packet to `reader`, in order. A packet that breaks the rules destroys the stream with a Fault. What it
 * answers stops that between two packets; the stream then waits for another reader.
 */
export function readPackets(stream: Duplex, reader: PacketReader): () => void {
  const take = assembler(reader)
  const onData = (chunk: Buffer) => {
    try {
      if (take(chunk)) release(chunk)
    } catch (error) {
      stream.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  }
  stream.on('data', onData)
  return () => {
    stream.off('data', onData)
    stream.pause()
  }
}

/**
 * Gives the chunk's memory back at once. A flood is some thousand chunks: left to the collector, they have it mark the
 * whole heap again and again. Memory that is not the chunk's alone is left to its owner.
 */
function release({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}

/**
 * Copies only what is cut: a packet that is whole in its chunk is handed on as a view, and one slab takes those that are
 * cut in turn. Answers whether the reader is done with every view of the chunk.
 */
function assembler(reader: PacketReader): (chunk: Buffer) => boolean {
  /** A header of which a part has come. */
  let head: Buffer = Buffer.alloc(0)
  /** A packet of which a part has come, in its whole length. */
  let packet: Buffer | undefined
  let filled = 0
  let slab: Buffer | undefined

  function begin(length: number): Buffer {
    if (length > FRAME_MAX) return Buffer.allocUnsafeSlow(length)
    slab ??= Buffer.allocUnsafeSlow(FRAME_MAX)
    return slab.subarray(0, length)
  }

  /** Bytes of the chunk that belong to the packet that is cut. */
  function fill(chunk: Buffer): number {
    if (packet === undefined) return 0
    const taken = chunk.copy(packet, filled)
    filled += taken
    if (filled < packet.length) return taken
    const done = deliver(packet[LENGTH], packet.subarray(PACKET_HEADER), reader)
    if (!done) slab = undefined
    packet = undefined
    return taken
  }

  return (chunk) => {
    const fresh = chunk.subarray(fill(chunk))
    const bytes = head.length === 0 ? fresh : Buffer.concat([head, fresh])
    const { taken, done } = takePackets(bytes, reader)
    const rest = bytes.subarray(taken)
    const known = rest.length >= PACKET_HEADER
    head = known ? Buffer.alloc(0) : Buffer.from(rest)
    if (!known) return done
    packet = begin(LENGTH + rest.readUInt32BE(0))
    filled = rest.copy(packet)
    return done
  }
}

/** Texts of one turn leave together. */
export function writeText(stream: Duplex, text: string): void {
  stream.cork()
  writePacket(stream, PACKET_TEXT, Buffer.from(text))
  process.nextTick(() => stream.uncork())
}

/** Answers true when the kernel has all of it; until then the frame must not change. */
export function writeBinary(stream: Duplex, frame: Uint8Array): boolean {
  stream.cork()
  writePacket(stream, PACKET_BINARY, frame)
  stream.uncork()
  return stream.writableLength === 0
}

/** Answers how many bytes were whole packets, and whether the reader is done with all of them. */
function takePackets(bytes: Buffer, reader: PacketReader): { taken: number; done: boolean } {
  let offset = 0
  let done = true
  while (bytes.length - offset >= PACKET_HEADER) {
    const length = bytes.readUInt32BE(offset)
    if (length < 1 || length > PACKET_MAX)
      throw new Fault('too_large', `A link packet of ${length} bytes; 1 to ${PACKET_MAX} are accepted.`)
    const end = offset + LENGTH + length
    if (bytes.length < end) break
    done = deliver(bytes[offset + LENGTH], bytes.subarray(offset + PACKET_HEADER, end), reader) && done
    offset = end
  }
  return { taken: offset, done }
}

/** Answers whether the payload's bytes may be written over. */
function deliver(kind: number | undefined, payload: Buffer, reader: PacketReader): boolean {
  if (kind === PACKET_BINARY) return reader.binary(payload)
  if (kind !== PACKET_TEXT) throw unknownKind(kind)
  reader.text(payload.toString('utf8'))
  return true
}

function unknownKind(kind: number | undefined): Fault {
  return new Fault('malformed', `A link packet of kind ${String(kind)}; 0 is text and 1 is binary.`)
}

function writePacket(stream: Duplex, kind: number, payload: Uint8Array): void {
  const header = Buffer.allocUnsafe(PACKET_HEADER)
  header.writeUInt32BE(payload.byteLength + 1, 0)
  header[LENGTH] = kind
  stream.write(header)
  stream.write(payload)
}
