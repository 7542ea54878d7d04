// R4: a word of the line is literal text, or a literal prefix and a glob. It never expands anything.
import type { Word, WordPart } from 'unbash'
import { deny } from './denial.ts'
import type { Span } from './denial.ts'

export interface ShellWord extends Span {
  /** What the program receives; undefined for a glob, which may become any number of arguments. */
  readonly value: string | undefined
  /** The word as bash is to read it: single quotes around all that is literal. */
  readonly quoted: string
}

const NAMES: Partial<Record<WordPart['type'], string>> = {
  AnsiCQuoted: `$'…' quoting`,
  LocaleString: '$"…" quoting',
  SimpleExpansion: 'a variable',
  ParameterExpansion: 'a variable',
  CommandExpansion: 'a command substitution',
  ArithmeticExpansion: 'arithmetic',
  ProcessSubstitution: 'a process substitution',
  ExtendedGlob: 'an extended glob',
  BraceExpansion: 'a brace expansion',
}

/** A set of plain characters: nothing in it needs quoting, and nothing in it can close it early. */
const BRACKET = /^\[[!^]?[A-Za-z0-9_.]+(?:-[A-Za-z0-9]+)*\]$/
/** bash expands a tilde at the start of a word and behind the `=` or `:` of what looks like an assignment. */
const TILDE = /^~|[=:]~/
/** Unquoted and not behind a backslash. */
const META = /^(?:\\[^]|[^\\])*?[$`()<>|&;]/
/** A dollar that meets its expansion only after the line continuation is taken out. */
const SPLIT_DOLLAR = /\$(?:\\\n)+/

/** Faults (Denied): R4 for text that bash would expand, R4b for a glob without a literal prefix. */
export function readWord(line: string, word: Word): ShellWord {
  if (SPLIT_DOLLAR.test(word.text)) deny('R4', line, word, 'A "$" may not stand before a line continuation.')
  const parts = word.parts
  if (parts === undefined) {
    refuseTilde(line, word, word.text)
    refuseMeta(line, word, word.text)
    return { pos: word.pos, end: word.end, value: word.value, quoted: quote(word.value) }
  }
  const pieces = parts.map((part) => readPart(line, part, part === parts[0]))
  if (!pieces.some((piece) => piece.glob)) {
    const value = pieces.map((piece) => piece.text).join('')
    return { pos: word.pos, end: word.end, value, quoted: quote(value) }
  }
  refuseBareGlob(line, word, pieces)
  const quoted = pieces.map((piece) => (piece.glob ? piece.text : quote(piece.text))).join('')
  return { pos: word.pos, end: word.end, value: undefined, quoted }
}

/** The text in single quotes, as bash reads it back unchanged. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

interface Piece {
  readonly text: string
  readonly glob: boolean
}

function readPart(line: string, part: WordPart, first: boolean): Piece {
  if (part.type === 'SingleQuoted') return { text: part.value, glob: false }
  if (part.type === 'DoubleQuoted')
    return { text: part.parts.map((child) => readChild(line, child)).join(''), glob: false }
  if (part.type === 'Literal') {
    refuseTilde(line, part, first ? part.text : ` ${part.text}`)
    refuseMeta(line, part, part.text)
    return { text: part.value, glob: false }
  }
  if (part.type !== 'Glob') return refuseExpansion(line, part)
  if (part.kind === 'bracket' && !BRACKET.test(part.text))
    deny('R4b', line, part, 'A set in a glob holds letters, digits and ranges only.')
  return { text: part.text, glob: true }
}

function readChild(line: string, part: WordPart): string {
  return part.type === 'Literal' ? part.value : refuseExpansion(line, part)
}

function refuseExpansion(line: string, part: WordPart): never {
  const name = NAMES[part.type] ?? part.type
  deny('R4', line, part, `The line holds ${name}. Write the text itself, or put single quotes around it.`)
}

function refuseTilde(line: string, span: Span, text: string): void {
  if (TILDE.test(text)) deny('R4', line, span, 'A tilde would expand. Write the path itself.')
}

/** What the parser took for text although it means something to bash. */
function refuseMeta(line: string, span: Span, text: string): void {
  if (META.test(text)) deny('R4', line, span, 'Put single quotes around text with any of $ ` ( ) < > | & ;')
}

/** `-*` could become an option and `*` any of them; `src/*` and `./*` cannot. */
function refuseBareGlob(line: string, word: Word, pieces: readonly Piece[]): void {
  const [head] = pieces
  if (head === undefined || head.glob || head.text === '' || head.text.startsWith('-'))
    deny('R4b', line, word, 'A glob needs a literal start that is not "-": write "./*" or "src/*".')
}
