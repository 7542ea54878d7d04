// Bounds a YAML text while it is cut into pieces, before any tree is made of it: depth, size, and what is never YAML.
// It sees the pieces of yaml's lexer and nothing else.

export const TOKENS_MAX = 60_000
export const DEPTH_MAX = 32
/** Problems of one kind after which the rest of the text is not worth reading. */
export const ERRORS_MAX = 20
const ANCHORS_MAX = 100
const BLANKS_MAX = 1000

/** Stops the reading of a text that is too deep or too much. It never leaves the reading of a source. */
export class TooMuch extends Error {
  /** 0-based offset where it was noticed. */
  readonly at: number

  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

/** What yaml's lexer puts before the text of a plain scalar or block. */
const SCALAR = '\x1f'

interface Seen {
  tokens: number
  /** Open `[` and `{`. */
  depth: number
  /** `-`, `?` and `:` with nothing else between them. */
  indicators: number
  anchors: number
  /** Directives, and starts and ends of documents. */
  headers: number
  /** Scalars that stand right behind one another, which is never right. */
  touching: number
  /** Empty lines in a row. */
  blanks: number
  /** Lines that start with a tab. */
  tabs: number
  /** The next piece is the text of a scalar. */
  isScalar: boolean
  /** The piece before, blanks aside, was a scalar. */
  wasScalar: boolean
}

/** Called with every piece, and where it starts. Faults: TooMuch. */
export function startGuard(): (lexeme: string, offset: number) => void {
  const counts = {
    tokens: 0,
    depth: 0,
    indicators: 0,
    anchors: 0,
    headers: 0,
    touching: 0,
    blanks: 0,
    tabs: 0,
  }
  const seen: Seen = { ...counts, isScalar: false, wasScalar: false }
  return (lexeme, offset) => {
    seen.tokens += 1
    if (lexeme === SCALAR || seen.isScalar) countScalar(seen, lexeme)
    else countSign(seen, lexeme)
    refuse(seen, offset)
  }
}

function refuse(seen: Seen, offset: number): void {
  if (seen.tokens > TOKENS_MAX) throw new TooMuch(offset, 'The file holds too many parts. Split it.')
  if (Math.max(seen.depth, seen.indicators) > DEPTH_MAX)
    throw new TooMuch(offset, `Deeper than ${DEPTH_MAX} levels.`)
  if (seen.anchors > ANCHORS_MAX)
    throw new TooMuch(offset, `More than ${ANCHORS_MAX} anchors, aliases and tags.`)
  if (Math.max(seen.headers, seen.touching, seen.tabs) > ERRORS_MAX || seen.blanks > BLANKS_MAX)
    throw new TooMuch(offset, 'This is not YAML.')
}

function countScalar(seen: Seen, lexeme: string): void {
  const isMark = lexeme === SCALAR && !seen.isScalar
  seen.isScalar = isMark
  if (!isMark) endScalar(seen)
}

function endScalar(seen: Seen): void {
  if (seen.wasScalar) seen.touching += 1
  seen.wasScalar = true
  seen.indicators = 0
  seen.blanks = 0
}

const COUNTED: Readonly<Record<string, readonly ['depth' | 'indicators' | 'anchors' | 'headers', number]>> = {
  '[': ['depth', 1],
  '{': ['depth', 1],
  ']': ['depth', -1],
  '}': ['depth', -1],
  '-': ['indicators', 1],
  '?': ['indicators', 1],
  ':': ['indicators', 1],
  '&': ['anchors', 1],
  '*': ['anchors', 1],
  '!': ['anchors', 1],
  '%': ['headers', 1],
  '---': ['headers', 1],
  '...': ['headers', 1],
}

function countSign(seen: Seen, lexeme: string): void {
  const first = lexeme[0] ?? ''
  if (first === '"' || first === "'") return endScalar(seen)
  if (first === '\n' || first === '\r') return endLine(seen)
  if (first === '\t' && seen.blanks > 0) seen.tabs += 1
  seen.blanks = 0
  if (first === ' ' || first === '\t') return
  seen.wasScalar = false
  const counted = COUNTED[lexeme] ?? ('&*!%'.includes(first) ? COUNTED[first] : undefined)
  if (counted !== undefined) seen[counted[0]] += counted[1]
}

function endLine(seen: Seen): void {
  seen.blanks += 1
  seen.indicators = 0
  seen.wasScalar = false
}
