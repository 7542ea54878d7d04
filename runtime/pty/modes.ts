// Remembers the modes set by bytes that have left a recorder, so that a screen drawn from the rest is still right. It
// looks at escapes only, never keeps text, and is on the path of every byte of a flood: a regular expression runs faster
// over it than any loop of ours.

/**
 * The private modes that decide which screen is drawn and how keys and the mouse answer, resets, scroll margins and the
 * keypad (xterm, ctlseqs: DECSET, RIS, DECSTR, DECSTBM, DECKPAM).
 */
const ESCAPES = /\x1b(?:(c)|(\[!p)|\[\?([\d;]{1,64})([hl])|(\[\d{0,5};?\d{0,5}r)|([=>]))/g // eslint-disable-line no-control-regex
/** What one of them begins with: colours have none of it, so that a coloured flood costs little more than a plain one. */
const SIGN = /\x1b(?:[c=>]|\[(?:[?!]|[\d;]*?r))/ // eslint-disable-line no-control-regex
/** An escape that goes on in the next piece (ECMA-48 §5.4). */
const UNFINISHED = /\x1b(?:\[[\x20-\x3f]{0,77})?$/ // eslint-disable-line no-control-regex
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
  let cut = ''

  function see([escape, reset, soft, list, final, margins, pad]: RegExpExecArray): void {
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
      const text = cut + textOf(bytes)
      if (SIGN.test(text)) for (const escape of text.matchAll(ESCAPES)) see(escape)
      cut = UNFINISHED.exec(text.slice(-TAIL))?.[0] ?? ''
    },
    text: () => [...modes].map(([mode, final]) => `\x1b[?${mode}${final}`).join('') + region + keypad,
  }
}

/** A letter a byte. */
function textOf({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('latin1')
}
