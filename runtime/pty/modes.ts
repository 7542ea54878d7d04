// Remembers the modes set by bytes that have left a recorder, so that a screen drawn from the rest is still right. It
// looks at escapes only, never keeps text, and is on the path of every byte of a flood: it looks at each one once.

/** The private modes that decide which screen is drawn and how keys and the mouse answer (xterm, ctlseqs: DECSET). */
const ESCAPE = /^\x1b(?:(c)|(\[!p)|\[\?([\d;]{1,64})([hl])|(\[\d{0,5};?\d{0,5}r)|([=>]))$/ // eslint-disable-line no-control-regex
/** Longest escape that may lie across two pieces. */
const TAIL = 80
const ESC = 0x1b
const CSI = 0x5b
const NOTHING = new Uint8Array(0)
/**
 * Two bytes in a row that only the escapes above hold, as classes that meet: ESC before `c = >`, `[` before `? !`, and a
 * parameter before `r`. Colours hold none, so that a coloured flood costs no more than a plain one.
 */
const BEFORE = classes({ '\x1b': 1, '[': 2 | 4, ';0123456789': 4 })
const AFTER = classes({ 'c=>': 1, '?!': 2, r: 4 })

export interface Modes {
  take(bytes: Uint8Array): void
  /** VT text that sets them again on a fresh terminal. */
  text(): string
}

export function createModes(): Modes {
  const modes = new Map<string, string>()
  let region = ''
  let keypad = ''
  let cut: Uint8Array = NOTHING

  function see(escape: string): void {
    const [, reset, soft, list, final, margins, pad] = ESCAPE.exec(escape) ?? []
    if (list !== undefined) for (const mode of list.split(';')) modes.set(mode, final ?? 'l')
    else if (margins !== undefined) region = escape
    else if (pad !== undefined) keypad = escape
    else if ((reset ?? soft) !== undefined) {
      modes.clear()
      region = ''
      keypad = ''
    }
  }

  function found(data: Uint8Array, at: number): void {
    const start = data.lastIndexOf(ESC, at)
    const end = endOfEscape(data, start)
    if (start >= 0 && end - start <= TAIL && end <= data.length) see(textOf(data, start, end))
  }

  return {
    take(bytes) {
      const data = cut.length === 0 ? bytes : Buffer.concat([cut, bytes])
      const { length } = data
      let before = 0
      for (let at = 0; at < length; at++) {
        const byte = data[at]!
        if ((BEFORE[before]! & AFTER[byte]!) !== 0) found(data, at)
        before = byte
      }
      cut = unfinished(data)
    },
    text: () => [...modes].map(([mode, final]) => `\x1b[?${mode}${final}`).join('') + region + keypad,
  }
}

/** Index behind the escape that starts at `at`; beyond the data when it is cut. ECMA-48 §5.4. */
function endOfEscape(data: Uint8Array, at: number): number {
  if (data[at + 1] !== CSI) return at + 2
  let end = at + 2
  const stop = Math.min(data.length, at + TAIL)
  while (end < stop && data[end]! < 0x40 && data[end]! >= 0x20) end++
  return end + 1
}

/** The escape at the end of the data that the next piece goes on with. */
function unfinished(data: Uint8Array): Uint8Array {
  const start = data.lastIndexOf(ESC)
  const cut = start >= 0 && data.length - start < TAIL && endOfEscape(data, start) > data.length
  return cut ? data.slice(start) : NOTHING
}

function classes(of: Readonly<Record<string, number>>): Uint8Array {
  const table = new Uint8Array(256)
  for (const [letters, bits] of Object.entries(of))
    for (const letter of letters) table[letter.charCodeAt(0)] = bits
  return table
}

function textOf({ buffer, byteOffset }: Uint8Array, from: number, to: number): string {
  return Buffer.from(buffer, byteOffset + from, to - from).toString('latin1')
}
