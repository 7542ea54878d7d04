// Keys on their way to a terminal on the other side, and the two that leave it there: Ctrl-] d. It knows no connection.

const PREFIX = 0x1d
const DETACH = 'd'.charCodeAt(0)

export interface Keys {
  /** What goes over. */
  readonly bytes: Uint8Array
  /** The person leaves; what was typed behind it is dropped. */
  readonly detach: boolean
}

/** `Ctrl-] d` detaches, `Ctrl-] Ctrl-]` is one Ctrl-] for the program, and every other key goes as it is. */
export function createKeyboard(): (typed: Uint8Array) => Keys {
  let pending = false
  return (typed) => {
    const out: number[] = []
    for (const key of typed) {
      if (!pending && key === PREFIX) {
        pending = true
        continue
      }
      if (pending && key === DETACH) return { bytes: Uint8Array.from(out), detach: true }
      if (pending && key !== PREFIX) out.push(PREFIX)
      pending = false
      out.push(key)
    }
    return { bytes: Uint8Array.from(out), detach: false }
  }
}
