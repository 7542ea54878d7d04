// Cuts an expression into tokens, as GitHub's lexer does. It knows characters and words, never what they mean together.
import { refuse } from './problem.ts'
import { readNumber } from './value.ts'

export type TokenKind =
  | 'number'
  | 'string'
  | 'literal'
  | 'name'
  | 'function'
  | 'property'
  | 'operator'
  | '('
  | ')'
  | '['
  | ']'
  | ','
  | '.'
  | '*'
  | '|'
  | 'end'

export interface Token {
  readonly kind: TokenKind
  /** As written; of an operator its sign. */
  readonly text: string
  /** Of a number, string or literal. */
  readonly value: string | number | boolean | null
  /** 0-based offset in the text. */
  readonly at: number
}

const BLANK = /[ \t\r\n]/
const BOUNDARY = /[ \t\r\n()[\],.!<>=&|]/
const WORD = /^[A-Za-z_][A-Za-z0-9_-]*$/
const OPERATORS = ['&&', '||', '==', '!=', '<=', '>=', '<', '>', '!'] as const
const LITERALS: Readonly<Record<string, boolean | null | number>> = {
  true: true,
  false: false,
  null: null,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
}
/** What a value may stand behind: there a dot starts a number (`.5`), elsewhere it leads to a property. */
const BEFORE_VALUE = new Set<TokenKind | undefined>([undefined, 'operator', '(', '[', ',', '|'])

/** Faults (invalid, kind `syntax`): a character or word that no expression holds. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const character = text[at] ?? ''
    if (BLANK.test(character)) {
      at += 1
      continue
    }
    const token = readToken(text, at, tokens.at(-1)?.kind)
    tokens.push(token)
    at += token.text.length
  }
  tokens.push({ kind: 'end', text: '', value: null, at: text.length })
  return tokens
}

function readToken(text: string, at: number, before: TokenKind | undefined): Token {
  const character = text[at] ?? ''
  if (character === "'") return readString(text, at)
  if (character === '.' && !BEFORE_VALUE.has(before)) return sign('.', at)
  if (character === '.' && before === '|' && !/\d/.test(text[at + 1] ?? '')) return sign('.', at)
  if ('()[],*'.includes(character)) return sign(character as '(', at)
  const operator = OPERATORS.find((candidate) => text.startsWith(candidate, at))
  if (operator !== undefined) return { kind: 'operator', text: operator, value: null, at }
  if (character === '|') return sign('|', at)
  if (/[-+.0-9]/.test(character)) return readNumberToken(text, at)
  return readWord(text, at, before)
}

function sign(kind: TokenKind, at: number): Token {
  return { kind, text: kind, value: null, at }
}

/** `''` inside is one quote. */
function readString(text: string, at: number): Token {
  let end = at + 1
  while (end < text.length) {
    if (text[end] !== "'") end += 1
    else if (text[end + 1] === "'") end += 2
    else break
  }
  if (end >= text.length)
    refuse('syntax', at, 'The string does not end.', "Close it with a single quote: 'text'.")
  const raw = text.slice(at, end + 1)
  return { kind: 'string', text: raw, value: raw.slice(1, -1).replaceAll("''", "'"), at }
}

function readNumberToken(text: string, at: number): Token {
  const raw = run(text, at, (character) => character === '.' || !BOUNDARY.test(character))
  const value = readNumber(raw)
  if (Number.isNaN(value)) unexpected(raw, at)
  return { kind: 'number', text: raw, value, at }
}

function readWord(text: string, at: number, before: TokenKind | undefined): Token {
  const raw = run(text, at, (character) => !BOUNDARY.test(character)) || (text[at] ?? '')
  if (!WORD.test(raw)) unexpected(raw, at)
  if (before === '.') return { kind: 'property', text: raw, value: null, at }
  if (Object.hasOwn(LITERALS, raw)) return { kind: 'literal', text: raw, value: LITERALS[raw] ?? null, at }
  const isCall = /^[ \t\r\n]*\(/.test(text.slice(at + raw.length, at + raw.length + 64))
  return { kind: isCall ? 'function' : 'name', text: raw, value: null, at }
}

function run(text: string, at: number, belongs: (character: string) => boolean): string {
  let end = at
  while (end < text.length && belongs(text[end] ?? '')) end += 1
  return text.slice(at, end)
}

/** Faults (invalid, kind `syntax`): always, with the likely cause. */
export function unexpected(symbol: string, at: number): never {
  refuse('syntax', at, `Unexpected symbol: "${symbol.slice(0, 80)}".`, remedy(symbol))
}

function remedy(symbol: string): string | undefined {
  if (/^["“`]/.test(symbol)) return "A string stands in single quotes: 'text'."
  if (symbol.startsWith('=')) return 'Compare with "==".'
  if (symbol.startsWith('&')) return 'Write "&&" for and.'
  if (symbol.startsWith('|')) return 'Write "||" for or; "| .field" reads a field and ends the expression.'
  if (/^[+*/?:%]/.test(symbol)) return 'Expressions have no arithmetic and no "?:"; use case(test, a, b).'
  return undefined
}
