// Binary frames: `[stream u32, big-endian][bytes]`. Bytes of terminals, desktops and commands; nobody on the way reads them.

export const FRAME_HEADER = 4
/** Most payload bytes in one frame: a terminal parses a frame without yielding, so a bigger one would be felt. */
export const FRAME_PAYLOAD_MAX = 65_536
/** Stream ids are unsigned 32-bit; 0 is not used. */
export const STREAM_MAX = 0xffff_ffff

export function packFrame(stream: number, bytes: Uint8Array): Uint8Array {
  const frame = new Uint8Array(FRAME_HEADER + bytes.byteLength)
  writeStream(frame, stream)
  frame.set(bytes, FRAME_HEADER)
  return frame
}

export function frameStream(frame: Uint8Array): number {
  return (
    ((frame[0] ?? 0) * 0x100_0000 + (((frame[1] ?? 0) << 16) | ((frame[2] ?? 0) << 8) | (frame[3] ?? 0))) >>>
    0
  )
}

/** The payload as a view, not a copy. */
export function framePayload(frame: Uint8Array): Uint8Array {
  return frame.subarray(FRAME_HEADER)
}

export function writeStream(frame: Uint8Array, stream: number): void {
  frame[0] = stream >>> 24
  frame[1] = stream >>> 16
  frame[2] = stream >>> 8
  frame[3] = stream
}

/**
 * Bytes that either side of a new stream may send before the first credit arrives. A reader that consumes quickly grants
 * more and so widens the window; a slow one grants late and so keeps Ctrl-C close (RFC 4254 §5.2 has the same idea).
 */
export const WINDOW_INITIAL = 65_536
