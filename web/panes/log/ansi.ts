// What a program printed as lines of coloured text: colours and weight are kept (ECMA-48 §8.3.117, SGR), every other
// escape is let go of. It never makes markup, and holds no more than it is given.

/** Classes of a piece: `fg1`…`fg15`, `bg1`…`bg15`, `bold`, `dim`, `italic`, `underline`, `inverse`. */
export interface Piece {
  readonly text: string
  readonly classes: string
}

export type Line = readonly Piece[]

/** How text looks from here on. */
export interface Style {
  readonly fg: number | undefined
  readonly bg: number | undefined
  readonly flags: ReadonlySet<string>
}

export const PLAIN: Style = { fg: undefined, bg: undefined, flags: new Set() }

// CSI, then OSC/DCS/PM/APC/SOS strings, then escapes of two bytes.
const ESCAPE = /\x1b(?:\[([\d;:]*)([ -/]*[@-~])|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\|$)|[ -/]*[0-~]|$)/g // eslint-disable-line no-control-regex
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g // eslint-disable-line no-control-regex
const ON: Readonly<Record<number, string>> = {
  1: 'bold',
  2: 'dim',
  3: 'italic',
  4: 'underline',
  7: 'inverse',
}
const OFF: Readonly<Record<number, readonly string[]>> = {
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['underline'],
  27: ['inverse'],
}

/**
 * One line, without its end, as it looks when `style` held before it; and what holds behind it. A line that is rewritten by
 * carriage returns, as progress bars are, shows what it ended as.
 */
export function readLine(text: string, before: Style): { readonly line: Line; readonly style: Style } {
  let style = before
  let pieces: Piece[] = []
  const add = (plain: string) => {
    const parts = plain.split('\r')
    if (parts.length > 1 && parts.at(-1) !== '') pieces = []
    const last = parts.length > 1 ? (parts.at(-1) ?? '') || (parts.at(-2) ?? '') : plain
    const shown = last.replaceAll(CONTROL, '')
    if (shown !== '') pieces.push({ text: shown, classes: classesOf(style) })
  }
  let at = 0
  for (const match of text.matchAll(ESCAPE)) {
    add(text.slice(at, match.index))
    at = match.index + match[0].length
    if (match[2] === 'm') style = restyled(style, match[1] ?? '')
  }
  add(text.slice(at))
  return { line: pieces, style }
}

/** The line as a reader sees it, without its looks. */
export const plainOf = (text: string): string =>
  readLine(text, PLAIN)
    .line.map((piece) => piece.text)
    .join('')

function restyled(before: Style, parameters: string): Style {
  const style = { ...before, flags: new Set(before.flags) }
  const codes = parameters.split(/[;:]/).map((code) => Number(code === '' ? 0 : code))
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0
    if (code === 38 || code === 48) {
      const isIndexed = codes[at + 1] === 5
      const index = codes[at + 2] ?? 0
      if (isIndexed && index < 16) style[code === 38 ? 'fg' : 'bg'] = index
      at += isIndexed ? 2 : 4
    } else restyleOne(style, code)
  }
  return style
}

interface Changing {
  fg: number | undefined
  bg: number | undefined
  flags: Set<string>
}

function restyleOne(style: Changing, code: number): void {
  const on = ON[code]
  if (code === 0) Object.assign(style, { fg: undefined, bg: undefined, flags: new Set() })
  else if (on !== undefined) style.flags.add(on)
  else if (OFF[code] !== undefined) for (const flag of OFF[code]) style.flags.delete(flag)
  else if (code >= 30 && code <= 37) style.fg = code - 30
  else if (code === 39) style.fg = undefined
  else if (code >= 40 && code <= 47) style.bg = code - 40
  else if (code === 49) style.bg = undefined
  else if (code >= 90 && code <= 97) style.fg = code - 82
  else if (code >= 100 && code <= 107) style.bg = code - 92
}

function classesOf({ fg, bg, flags }: Style): string {
  const names = [...flags]
  if (fg !== undefined) names.push(`fg${fg}`)
  if (bg !== undefined) names.push(`bg${bg}`)
  return names.join(' ')
}
