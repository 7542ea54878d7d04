// R1 and the length of R11: what a line may be made of before anybody parses it. It never changes the text.
import { deny } from './denial.ts'

/** Bytes of UTF-8. */
const LINE_MAX = 8192

/**
 * Controls but TAB and LF, DEL, C1, invisible format characters, blanks that are not the space, halves of a pair:
 * what a person cannot see, a person cannot have meant.
 */
const UNSEEN = /(?![\t\n ])[\p{Cc}\p{Cf}\p{Cs}\p{Z}]/u

export function refuseUnseen(text: string): void {
  const found = UNSEEN.exec(text)
  if (found === null) return
  const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  const span = { pos: found.index, end: found.index + found[0].length }
  deny('R1', text, span, `The line holds the character U+${code}, which cannot be seen. Remove it.`)
}

export function refuseLong(text: string): void {
  if (text.length <= LINE_MAX && utf8Length(text) <= LINE_MAX) return
  deny(
    'R11',
    text,
    { pos: 0, end: text.length },
    'The line is longer than 8 KiB. Put it into a script and run that.',
  )
}

function utf8Length(text: string): number {
  let bytes = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return bytes
}
