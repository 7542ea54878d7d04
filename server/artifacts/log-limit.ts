// How much of a log is kept: its beginning, then a note. It never loses count of what the step printed.
import { wholeCharacters } from './characters.ts'

/** Bytes of one attempt. */
export const LOG_MAX = 64 * 1_048_576

export const NOTE =
  '\r\n[chispart] This log has reached its limit. The step goes on; what it prints from here on is not kept.\r\n'

/**
 * What of `fresh` is kept when it comes behind `length` bytes. What is beyond the limit becomes one note, so `length` at
 * or above it says that the note is there already once more than the limit was printed.
 */
export function withinLimit(length: number, fresh: Uint8Array, max: number): Uint8Array {
  if (length + fresh.length <= max) return fresh
  if (length > max) return new Uint8Array()
  const room = fresh.subarray(0, max - length)
  return Buffer.concat([room.subarray(0, wholeCharacters(room)), Buffer.from(NOTE)])
}
