// Packets of the link on a byte stream (dsl/wire/link.ts). It cuts and joins; it never reads what a packet holds.
import type { Duplex } from 'node:stream'
import { Fault } from '#dsl/fault.ts'
import { PACKET_BINARY, PACKET_HEADER, PACKET_MAX, PACKET_TEXT } from '#dsl/wire/link.ts'

export interface PacketReader {
  text(text: string): void
  binary(frame: Uint8Array): void
}

/** Bytes of the length field, which counts kind and payload. */
const LENGTH = 4

/**
 * Hands every whole packet to `reader`, in order. A packet that breaks the rules destroys the stream with a Fault. What it
 * answers stops that between two packets; the stream then waits for another reader.
 */
export function readPackets(stream: Duplex, reader: PacketReader): () => void {
  const take = assembler(reader)
  const onData = (chunk: Buffer) => {
    try {
      take(chunk)
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

/** Copies only what is cut: a packet that is whole in its chunk is handed on as a view, and memory stays with the flood. */
function assembler(reader: PacketReader): (chunk: Buffer) => void {
  /** A header of which a part has come. */
  let head: Buffer = Buffer.alloc(0)
  /** A packet of which a part has come, in its whole length. */
  let packet: Buffer | undefined
  let filled = 0

  /** Bytes of the chunk that belong to the packet that is cut. */
  function fill(chunk: Buffer): number {
    if (packet === undefined) return 0
    const taken = chunk.copy(packet, filled)
    filled += taken
    if (filled < packet.length) return taken
    deliver(packet[LENGTH], packet.subarray(PACKET_HEADER), reader)
    packet = undefined
    return taken
  }

  return (chunk) => {
    const fresh = chunk.subarray(fill(chunk))
    const bytes = head.length === 0 ? fresh : Buffer.concat([head, fresh])
    const rest = bytes.subarray(takePackets(bytes, reader))
    const known = rest.length >= PACKET_HEADER
    head = known ? Buffer.alloc(0) : rest
    if (!known) return
    packet = Buffer.allocUnsafeSlow(LENGTH + rest.readUInt32BE(0))
    filled = rest.copy(packet)
  }
}

/** False when the stream asks to wait for `drain`. */
export function writeText(stream: Duplex, text: string): boolean {
  return writePacket(stream, PACKET_TEXT, Buffer.from(text))
}

/** False when the stream asks to wait for `drain`. The frame must not change until it is written. */
export function writeBinary(stream: Duplex, frame: Uint8Array): boolean {
  return writePacket(stream, PACKET_BINARY, frame)
}

/** Returns how many bytes were whole packets. */
function takePackets(bytes: Buffer, reader: PacketReader): number {
  let offset = 0
  while (bytes.length - offset >= PACKET_HEADER) {
    const length = bytes.readUInt32BE(offset)
    if (length < 1 || length > PACKET_MAX)
      throw new Fault('too_large', `A link packet of ${length} bytes; 1 to ${PACKET_MAX} are accepted.`)
    const end = offset + LENGTH + length
    if (bytes.length < end) return offset
    deliver(bytes[offset + LENGTH], bytes.subarray(offset + PACKET_HEADER, end), reader)
    offset = end
  }
  return offset
}

function deliver(kind: number | undefined, payload: Buffer, reader: PacketReader): void {
  if (kind === PACKET_TEXT) return reader.text(payload.toString('utf8'))
  if (kind === PACKET_BINARY) return reader.binary(payload)
  throw new Fault('malformed', `A link packet of kind ${String(kind)}; 0 is text and 1 is binary.`)
}

function writePacket(stream: Duplex, kind: number, payload: Uint8Array): boolean {
  const header = Buffer.allocUnsafe(PACKET_HEADER)
  header.writeUInt32BE(payload.byteLength + 1, 0)
  header[LENGTH] = kind
  stream.cork()
  stream.write(header)
  const free = stream.write(payload)
  process.nextTick(() => stream.uncork())
  return free
}
