// Remembers the modes set by bytes that have left a recorder, so that a screen drawn from the rest is still right. It
// looks at escapes only and never keeps text.

/** The private modes that decide which screen is drawn and how keys and the mouse answer (xterm, ctlseqs: DECSET). */
const ESCAPE = /\x1bc|\x1b\[!p|\x1b\[\?([\d;]{1,64})([hl])|\x1b\[(\d{0,5};?\d{0,5})r|\x1b([=>])/g // eslint-disable-line no-control-regex
/** Longest escape that may lie across two pieces. */
const TAIL = 80

export interface Modes {
  take(bytes: Uint8Array): void
  /** VT text that sets them again on a fresh terminal. */
  text(): string
}

export function createModes(): Modes {
  const modes = new Map<string, string>()
  let region = ''
  let keypad = ''
  let tail = ''
  function see([whole, list, final, margins, pad]: RegExpMatchArray): void {
    if (list !== undefined) for (const mode of list.split(';')) modes.set(mode, final ?? 'l')
    else if (margins !== undefined) region = whole
    else if (pad !== undefined) keypad = whole
    else {
      modes.clear()
      region = ''
      keypad = ''
    }
  }
  return {
    take(bytes) {
      const text = tail + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
      let seen = 0
      for (const match of text.matchAll(ESCAPE)) {
        see(match)
        seen = match.index + match[0].length
      }
      tail = text.slice(Math.max(seen, text.length - TAIL))
    },
    text: () => [...modes].map(([mode, final]) => `\x1b[?${mode}${final}`).join('') + region + keypad,
  }
}
