// What a program in the sandbox may do to the page that shows it: draw, and no more. Everything it prints is hostile. It
// never grants a wish of the program by itself.
import type { Terminal } from '@xterm/headless'

/** Longest text that a program may offer for the clipboard, in bytes of its base64. */
const CLIPBOARD_MAX = 1_398_104
const TITLE_MAX = 120

export interface GuardEvents {
  /** A program offers text for the clipboard (OSC 52). Nothing is copied until a person agrees. */
  readonly onOffer: (text: string) => void
  /**
   * Whether a program's questions (what are you, where is the cursor) are answered from here. An answer is typed into the
   * program, so of several clients only one may give it.
   */
  readonly answers: () => boolean
}

/** The part of xterm that the guard needs; the headless one has it too. */
export type Guarded = Pick<Terminal, 'parser' | 'cols' | 'rows'>

/**
 * Takes the sharp edges off a terminal. xterm repeats these sequences as often as they say, without a limit: one
 * `CSI 2147483647 L` would stop the tab for hours. A count larger than the screen means nothing, and is not obeyed.
 */
export function guard(xterm: Guarded, events: GuardEvents): void {
  const limit = (final: string, most: () => number) =>
    xterm.parser.registerCsiHandler({ final }, ([count]) => typeof count === 'number' && count > most())
  for (const byLine of ['L', 'M', 'S', 'T']) limit(byLine, () => xterm.rows)
  for (const byCell of ['I', 'Z', 'b']) limit(byCell, () => xterm.cols)

  quieten(xterm, () => !events.answers())
  xterm.parser.registerOscHandler(52, (data) => {
    const text = clipboardText(data)
    if (text) events.onOffer(text)
    return true
  })
}

/** Leaves the questions that xterm would answer unanswered while `silent`: DA1–3, DSR, DECRQM, DECRQSS, colours. */
function quieten({ parser }: Guarded, silent: () => boolean): void {
  for (const prefix of ['', '>', '=']) parser.registerCsiHandler(sequence(prefix, '', 'c'), silent)
  for (const prefix of ['', '?']) {
    parser.registerCsiHandler(sequence(prefix, '', 'n'), silent)
    parser.registerCsiHandler(sequence(prefix, '$', 'p'), silent)
  }
  parser.registerDcsHandler({ intermediates: '$', final: 'q' }, silent)
  for (const colour of [4, 10, 11, 12])
    parser.registerOscHandler(colour, (data) => data.endsWith('?') && silent())
}

const sequence = (prefix: string, intermediates: string, final: string) => ({
  final,
  ...(prefix && { prefix }),
  ...(intermediates && { intermediates }),
})

/** The text of an OSC 52 payload `<selection>;<base64>`; undefined for a question, whose answer would be the clipboard. */
export function clipboardText(payload: string): string | undefined {
  const base64 = payload.slice(payload.indexOf(';') + 1)
  if (base64 === '?' || base64.length > CLIPBOARD_MAX) return undefined
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
    return withoutControls(new TextDecoder().decode(bytes), '\t\n')
  } catch {
    return undefined
  }
}

/** Whether a link may be opened at all: the web, and nothing that runs or reads here. */
export function safeLink(url: string): boolean {
  return /^https?:\/\/[^\s]+$/i.test(url) && URL.canParse(url)
}

/** A title without controls, without marks that turn the reading direction, and no longer than a tab can bear. */
export function safeTitle(title: string): string {
  return withoutControls(title).trim().slice(0, TITLE_MAX)
}

/**
 * A paste as keys: without ESC and the other controls that a terminal obeys, so that `ESC [201~` in it cannot leave the
 * bracketed paste and type into the shell.
 */
export function safePaste(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, '') // eslint-disable-line no-control-regex
}

/** C0, DEL, C1, and the direction marks of UAX #9. */
const CONTROLS = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g // eslint-disable-line no-control-regex

function withoutControls(text: string, but = ''): string {
  return text.replace(CONTROLS, (char) => (but.includes(char) ? char : ''))
}
