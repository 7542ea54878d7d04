// The keys that an on-screen keyboard lacks, as the bytes a terminal expects; and Ctrl and Alt that stick. It knows no DOM.

export type Modifier = 'ctrl' | 'alt'
/** Off; for the next key only; until it is pressed again. */
export type Hold = 'off' | 'once' | 'locked'
export type Holds = Readonly<Record<Modifier, Hold>>

export const NO_HOLDS: Holds = { ctrl: 'off', alt: 'off' }
const NEXT_HOLD = { off: 'once', once: 'locked', locked: 'off' } as const

/** One press of Ctrl or Alt. */
export function press(holds: Holds, modifier: Modifier): Holds {
  return { ...holds, [modifier]: NEXT_HOLD[holds[modifier]] }
}

/** What is left once a key was typed. */
export function release(holds: Holds): Holds {
  const kept = (hold: Hold) => (hold === 'locked' ? hold : 'off')
  return { ctrl: kept(holds.ctrl), alt: kept(holds.alt) }
}

const ARROWS = { ArrowUp: 'A', ArrowDown: 'B', ArrowRight: 'C', ArrowLeft: 'D' } as const
const NAMED = { Escape: '\x1b', Tab: '\t' } as const
export type ExtraKey = keyof typeof ARROWS | keyof typeof NAMED | '|' | '/' | '-'

export const isArrow = (key: ExtraKey): key is keyof typeof ARROWS => key in ARROWS

/** The bytes of an extra key. `application` is the cursor-key mode that the program has chosen (DECCKM). */
export function encodeKey(key: ExtraKey, holds: Holds, application: boolean): string {
  if (isArrow(key)) return encodeArrow(ARROWS[key], holds, application)
  return modify(key in NAMED ? NAMED[key as keyof typeof NAMED] : key, holds)
}

/** xterm's modifier parameter: 1, plus 2 for Alt and 4 for Ctrl. */
function encodeArrow(letter: string, { ctrl, alt }: Holds, application: boolean): string {
  const modifiers = 1 + (alt === 'off' ? 0 : 2) + (ctrl === 'off' ? 0 : 4)
  if (modifiers > 1) return `\x1b[1;${modifiers}${letter}`
  return `\x1b${application ? 'O' : '['}${letter}`
}

/** A typed character under the held modifiers. Longer text (a paste, a word, an answer) is no key and stays as it is. */
export function modify(text: string, { ctrl, alt }: Holds): string {
  if ([...text].length !== 1) return text
  const key = ctrl === 'off' ? text : controlOf(text)
  return alt === 'off' ? key : `\x1b${key}`
}

/** What xterm sends for Ctrl and a sign that is no letter. */
const CONTROLS: Readonly<Record<string, string>> = {
  ' ': '\0',
  '2': '\0',
  '3': '\x1b',
  '4': '\x1c',
  '5': '\x1d',
  '6': '\x1e',
  '7': '\x1f',
  '8': '\x7f',
  '/': '\x1f',
  '-': '\x1f',
  '|': '\x1c',
  '?': '\x7f',
}

function controlOf(char: string): string {
  if (/^[@-_a-z]$/.test(char)) return String.fromCharCode(char.charCodeAt(0) & 0x1f)
  return CONTROLS[char] ?? char
}
