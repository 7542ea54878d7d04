// Remembers the modes set by bytes that have left a recorder, so that a screen drawn from the rest is still right. It
// looks at escapes only, never keeps text, and is on the path of every byte of a flood: it looks at each one once.

/** The private modes that decide which screen is drawn and how keys and the mouse answer (xterm, ctlseqs: DECSET). */
const ESCAPE = /^\x1b(?:(c)|(\[!p)|\[\?([\d;]{1,64})([hl])|(\[\d{0,5};?\d{0,5}r)|([=>]))$/ // eslint-disable-line no-control-regex
/** Longest escape that may lie across two pieces. */
const TAIL = 80
const ESC = 0x1b
const CSI = 0x5b
/** 1 for the last bytes of the escapes above: of 100 escapes in a coloured flood none ends so. */
const FINALS = Uint8Array.from({ length: 256 }, (_, byte) =>
  'cphlr=>'.includes(String.fromCharCode(byte)) ? 1 : 0,
)

export interface Modes {
  take(bytes: Uint8Array): void
  /** VT text that sets them again on a fresh terminal. */
  text(): string
}

export function createModes(): Modes {
  const modes = new Map<string, string>()
  let region = ''
  let keypad = ''
  let cut: Uint8Array = new Uint8Array(0)

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

  return {
    take(bytes) {
      const data = cut.length === 0 ? bytes : Buffer.concat([cut, bytes])
      for (let at = 0; at < data.length; at++) {
        if (data[at] !== ESC) continue
        const end = endOfEscape(data, at)
        if (end > data.length) {
          cut = data.slice(at, at + TAIL)
          return
        }
        if (FINALS[data[end - 1]!] === 1 && end - at <= TAIL) see(textOf(data, at, end))
        at = end - 1
      }
      cut = new Uint8Array(0)
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

function textOf({ buffer, byteOffset }: Uint8Array, from: number, to: number): string {
  return Buffer.from(buffer, byteOffset + from, to - from).toString('latin1')
}
