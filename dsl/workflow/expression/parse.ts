// Reads an expression into its tree, with GitHub's precedence: || && (== !=) (< <= > >=) ! and access. It never computes.
//
// One form is ours: `expression | .field.other[0]` at the end of an expression (or of a group) reads a path, as jq does.
// A text on the left is read as JSON first; what is not there is null. The path holds names, 'texts' and whole numbers only.
import { childrenOf } from './ast.ts'
import type { Comparison, Node } from './ast.ts'
import { ARITY } from './functions.ts'
import { nearest } from '#dsl/text/nearest.ts'
import { tokenize, unexpected } from './lex.ts'
import type { Token, TokenKind } from './lex.ts'
import { refuse } from './problem.ts'
import { fold } from './value.ts'

/** GitHub's limits (actions/runner, ExpressionConstants): UTF-16 units, and levels of the tree. */
export const LENGTH_MAX = 21_000
export const DEPTH_MAX = 50
/** Levels that the reader itself goes down; a group makes no node, so the tree alone does not bound it. */
const NESTING_MAX = 400

interface Reader {
  readonly tokens: readonly Token[]
  readonly names: ReadonlySet<string> | undefined
  readonly spelled: readonly string[]
  position: number
  nesting: number
}

/**
 * The tree. `names` are the roots that exist; any name is taken when left out. An empty text is null, as on GitHub.
 * Faults: invalid (data: kind, column, fix).
 */
export function parseExpression(text: string, names?: readonly string[]): Node {
  if (text.length > LENGTH_MAX)
    refuse(
      'limit',
      LENGTH_MAX,
      `The expression is longer than ${LENGTH_MAX} characters.`,
      'Split it over two steps.',
    )
  const folded = names === undefined ? undefined : new Set(names.map(fold))
  const reader: Reader = {
    tokens: tokenize(text),
    names: folded,
    spelled: names ?? [],
    position: 0,
    nesting: 0,
  }
  if (peek(reader).kind === 'end') return { kind: 'literal', value: null, at: 0 }
  const node = readPipe(reader)
  const rest = peek(reader)
  if (rest.kind !== 'end') unexpected(rest.text, rest.at)
  refuseDeep(node, 1)
  return node
}

function refuseDeep(node: Node, depth: number): void {
  if (depth > DEPTH_MAX)
    refuse(
      'syntax',
      node.at,
      `The expression is deeper than ${DEPTH_MAX} levels.`,
      'Split it over two steps.',
    )
  for (const child of childrenOf(node)) refuseDeep(child, depth + 1)
}

function peek(reader: Reader): Token {
  return reader.tokens[reader.position] as Token
}

function take(reader: Reader): Token {
  const token = peek(reader)
  if (token.kind !== 'end') reader.position += 1
  return token
}

function accept(reader: Reader, kind: TokenKind, text?: string): Token | undefined {
  const token = peek(reader)
  return token.kind === kind && (text === undefined || token.text === text) ? take(reader) : undefined
}

function expect(reader: Reader, kind: TokenKind): Token {
  return accept(reader, kind) ?? refuseNext(reader, kind)
}

function refuseNext(reader: Reader, wanted?: string): never {
  const token = peek(reader)
  if (token.kind !== 'end') unexpected(token.text, token.at)
  const fix = wanted === undefined ? 'A value is missing at the end.' : `A "${wanted}" is missing at the end.`
  refuse('syntax', token.at, 'The expression ends too early.', fix)
}

function readPipe(reader: Reader): Node {
  reader.nesting += 1
  if (reader.nesting > NESTING_MAX) refuse('limit', peek(reader).at, 'Too many groups inside one another.')
  const target = readChain(reader, 'or', '||', () =>
    readChain(reader, 'and', '&&', () => readEquality(reader)),
  )
  const pipe = accept(reader, '|')
  reader.nesting -= 1
  if (pipe === undefined) return target
  return { kind: 'pipe', target, path: readPath(reader), at: pipe.at }
}

/** `.` alone is the value itself. */
function readPath(reader: Reader): readonly (string | number)[] {
  const path: (string | number)[] = []
  if (peek(reader).kind !== '.') refuseNext(reader, '.')
  while (peek(reader).kind === '.' || (path.length > 0 && peek(reader).kind === '[')) {
    const opening = take(reader)
    const isStart = path.length === 0
    if (opening.kind === '[') path.push(readPathIndex(reader))
    else if (peek(reader).kind === 'property') path.push(take(reader).text)
    else if (isStart && accept(reader, '[')) path.push(readPathIndex(reader))
    else if (isStart) return path
    else refuseNext(reader)
  }
  return path
}

function readPathIndex(reader: Reader): string | number {
  const token = take(reader)
  const isWhole = token.kind === 'number' && Number.isInteger(token.value)
  if (!isWhole && token.kind !== 'string') unexpected(token.text, token.at)
  expect(reader, ']')
  return token.value as string | number
}

function readChain(reader: Reader, kind: 'and' | 'or', operator: string, next: () => Node): Node {
  const first = next()
  const operands = [first]
  while (accept(reader, 'operator', operator)) operands.push(next())
  return operands.length === 1 ? first : { kind, operands, at: first.at }
}

function readEquality(reader: Reader): Node {
  return readComparison(reader, ['==', '!='], () =>
    readComparison(reader, ['<', '<=', '>', '>='], () => readNot(reader)),
  )
}

function readComparison(reader: Reader, operators: readonly Comparison[], next: () => Node): Node {
  let left = next()
  for (;;) {
    const token = peek(reader)
    const operator = operators.find((candidate) => token.kind === 'operator' && token.text === candidate)
    if (operator === undefined) return left
    take(reader)
    left = { kind: 'compare', operator, left, right: next(), at: token.at }
  }
}

function readNot(reader: Reader): Node {
  const signs: Token[] = []
  for (let token = accept(reader, 'operator', '!'); token; token = accept(reader, 'operator', '!'))
    signs.push(token)
  const operand = readAccess(reader)
  return signs.reduceRight<Node>((node, { at }) => ({ kind: 'not', operand: node, at }), operand)
}

function readAccess(reader: Reader): Node {
  const start = peek(reader)
  let node = readPrimary(reader)
  while (peek(reader).kind === '.' || peek(reader).kind === '[') {
    if (start.kind === 'number' || start.kind === 'string' || start.kind === 'literal')
      refuse('syntax', peek(reader).at, 'A literal has no properties.')
    node = take(reader).kind === '.' ? readProperty(reader, node) : readIndex(reader, node)
  }
  return node
}

function readProperty(reader: Reader, target: Node): Node {
  const star = accept(reader, '*')
  if (star !== undefined) return { kind: 'index', target, index: '*', at: star.at }
  const { text, at } = peek(reader).kind === 'property' ? take(reader) : refuseNext(reader)
  return { kind: 'index', target, index: { kind: 'literal', value: text, at }, at }
}

function readIndex(reader: Reader, target: Node): Node {
  const { at } = peek(reader)
  const index = accept(reader, '*') === undefined ? readPipe(reader) : '*'
  expect(reader, ']')
  return { kind: 'index', target, index, at }
}

function readPrimary(reader: Reader): Node {
  const token = peek(reader)
  const { kind, value, at } = token
  if (kind === '(') return readGroup(reader)
  if (kind === 'function') return readCall(reader, take(reader))
  if (kind === 'name') return { kind: 'name', name: knownName(reader, take(reader)), at }
  if (kind !== 'number' && kind !== 'string' && kind !== 'literal') return refuseNext(reader)
  take(reader)
  return { kind: 'literal', value, at }
}

function readGroup(reader: Reader): Node {
  take(reader)
  const inner = readPipe(reader)
  expect(reader, ')')
  return inner
}

function knownName(reader: Reader, { text, at }: Token): string {
  if (reader.names?.has(fold(text)) === false) {
    const close = nearest(text, reader.spelled)
    const fix = close === undefined ? `There is: ${reader.spelled.join(', ')}.` : `Did you mean "${close}"?`
    refuse('syntax', at, `There is no "${text}" here.`, fix)
  }
  return text
}

function readCall(reader: Reader, { text, at }: Token): Node {
  const name = text.toLowerCase()
  const arity = Object.hasOwn(ARITY, name) ? ARITY[name as keyof typeof ARITY] : undefined
  if (arity === undefined) {
    const close = nearest(
      text,
      Object.values(ARITY).map((entry) => entry.spelled),
    )
    refuse('syntax', at, `There is no function "${text}".`, close && `Did you mean "${close}"?`)
  }
  expect(reader, '(')
  const args: Node[] = []
  if (peek(reader).kind !== ')') {
    do args.push(readPipe(reader))
    while (accept(reader, ',') !== undefined)
  }
  expect(reader, ')')
  if (args.length < arity.min || args.length > arity.max || (arity.odd === true && args.length % 2 === 0))
    refuse('syntax', at, `${arity.spelled} takes ${arity.says}; here are ${args.length}.`)
  return { kind: 'call', name, args, at }
}
