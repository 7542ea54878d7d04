// Where a piece of a UTF-8 text may be cut. xterm's decoder loses a character whose middle byte is 0x80 (a dash, a joiner of
// emoji) when it arrives in two pieces, so whoever feeds it cuts between characters.

/** Bytes at the end of `bytes` that are the beginning of a character: 0 to 3. What is no UTF-8 at all is not waited for. */
export function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0
    if ((byte & 0xc0) === 0x80) continue
    return back < lengthOf(byte) ? back : 0
  }
  return 0
}

/** How many bytes a character has that begins with this one (RFC 3629 §3). */
function lengthOf(lead: number): number {
  if (lead >= 0xf0 && lead <= 0xf4) return 4
  if (lead >= 0xe0 && lead <= 0xef) return 3
  return lead >= 0xc2 && lead <= 0xdf ? 2 : 1
}

/** Hands pieces on in whole characters: the beginning of one waits for its rest. */
export interface Joiner {
  join(bytes: Uint8Array): Uint8Array
  /** Forgets what waits. */
  reset(): void
}

export function createJoiner(): Joiner {
  let waiting = new Uint8Array(0)
  return {
    join(bytes) {
      const all = waiting.length === 0 ? bytes : concat(waiting, bytes)
      const whole = all.length - unfinished(all)
      waiting = all.slice(whole)
      return all.subarray(0, whole)
    },
    reset() {
      waiting = new Uint8Array(0)
    },
  }
}

function concat(one: Uint8Array, two: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + two.length)
  both.set(one)
  both.set(two, one.length)
  return both
}
