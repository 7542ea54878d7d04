// A YAML text as a small tree that knows where everything stands: the only file that knows the yaml package.
// It reads YAML 1.2 with plain keys and no surprises, and bounds its own work: a hostile text costs no more than a good one.
import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, Parser } from 'yaml'
import type { CST, Document, Node, Pair, Scalar, YAMLMap } from 'yaml'
import { DEPTH_MAX, ERRORS_MAX, startGuard, TooMuch } from './guard.ts'
import type { Path, Problem, Span } from './problem.ts'
import { pathText } from './problem.ts'

export const TEXT_MAX = 262_144
export const NODES_MAX = 40_000

interface Located {
  /** 0-based offsets in the text. */
  readonly start: number
  readonly end: number
}

export interface SourceMap extends Located {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, SourceEntry>
}

export interface SourceEntry {
  readonly key: Located
  readonly value: SourceNode
}

export interface SourceList extends Located {
  readonly kind: 'list'
  readonly items: readonly SourceNode[]
}

export interface SourceScalar extends Located {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
  /** 0-based offset in the text of each line of the value, where the value stands there letter for letter. */
  readonly lines: readonly number[] | undefined
}

export type SourceNode = SourceMap | SourceList | SourceScalar

export interface Source {
  readonly text: string
  /** Absent when the text could not be read at all. */
  readonly root: SourceNode | undefined
  readonly problems: readonly Problem[]
  span(located: Located): Span
}

/** Reads the first document. It never throws: whatever is wrong is a problem. */
export function readSource(text: string): Source {
  const counter = new LineCounter()
  const problems: Problem[] = []
  const span = (located: Located): Span => spanOf(counter, located)
  const report = (code: string, message: string, at: Located, path: Path = [], fix?: string): void => {
    if (problems.length >= ERRORS_MAX * 5) return
    problems.push({
      severity: 'error',
      code,
      message,
      path: pathText(path),
      ...span(at),
      ...(fix && { fix }),
    })
  }
  if (text.length > TEXT_MAX) {
    report(
      'yaml.size',
      `The file is longer than ${TEXT_MAX / 1024} KiB.`,
      { start: 0, end: 0 },
      [],
      'Split it.',
    )
    return { text, root: undefined, problems, span }
  }
  const document = compose(text, counter, report)
  const root = document === undefined ? undefined : toTree(document, text, report)
  return { text, root, problems, span }
}

type Report = (code: string, message: string, at: Located, path?: Path, fix?: string) => void

function spanOf(counter: LineCounter, { start, end }: Located): Span {
  const from = counter.linePos(start)
  const to = counter.linePos(Math.max(start, end))
  return { line: from.line || 1, column: from.col || 1, endLine: to.line || 1, endColumn: to.col || 1 }
}

function compose(text: string, counter: LineCounter, report: Report): Document.Parsed | undefined {
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false, merge: false, logLevel: 'silent' })
  try {
    const documents = [...composer.compose(tokens(text, counter), true, text.length)]
    const [document] = documents as Document.Parsed[]
    if (document === undefined) return undefined
    for (const error of [...document.errors, ...document.warnings].slice(0, ERRORS_MAX)) {
      const [start, end] = error.pos
      report(
        `yaml.${error.code.toLowerCase()}`,
        sentence(error.message),
        { start, end },
        [],
        remedy(error.code),
      )
    }
    const [, second] = documents
    if (second !== undefined) {
      const [start] = second.range
      report(
        'yaml.documents',
        'The file holds more than one document.',
        { start, end: start },
        [],
        'Use one file each.',
      )
    }
    return document
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error
    report('yaml.limit', error.message, { start: error.at, end: error.at })
    return undefined
  }
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`
}

function remedy(code: string): string | undefined {
  if (code === 'TAB_AS_INDENT') return 'Indent with spaces.'
  if (code === 'BAD_INDENT' || code === 'MISSING_CHAR') return 'Check the indentation and the quotes above.'
  if (code === 'BLOCK_AS_IMPLICIT_KEY') return 'Put quotes around a text that holds ": ".'
  return code === 'TAG_RESOLVE_FAILED' ? 'Leave the tag out.' : undefined
}

/** The tokens of yaml's parser, counted while they come. Faults: TooMuch. */
function* tokens(text: string, counter: LineCounter): Generator<CST.Token> {
  const parser = new Parser(counter.addNewLine)
  const guard = startGuard()
  let errors = 0
  counter.addNewLine(0)
  for (const lexeme of new Lexer().lex(text)) {
    guard(lexeme, parser.offset)
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error' && (errors += 1) > ERRORS_MAX)
        throw new TooMuch(parser.offset, 'This is not YAML.')
      yield token
    }
  }
  yield* parser.end()
}

interface Walk {
  readonly text: string
  readonly report: Report
  readonly anchors: Map<string, Node>
  nodes: number
}

function toTree(document: Document.Parsed, text: string, report: Report): SourceNode | undefined {
  const walk: Walk = { text, report, anchors: new Map(), nodes: 0 }
  try {
    return document.contents === null ? undefined : toNode(document.contents, [], walk)
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error
    report('yaml.limit', error.message, { start: error.at, end: error.at })
    return undefined
  }
}

function toNode(node: Node | null, path: Path, walk: Walk): SourceNode {
  const at = locate(node)
  walk.nodes += 1
  if (walk.nodes > NODES_MAX)
    throw new TooMuch(at.start, `The file holds more than ${NODES_MAX} values, aliases counted.`)
  if (path.length > DEPTH_MAX) throw new TooMuch(at.start, `Deeper than ${DEPTH_MAX} levels.`)
  if (isAlias(node)) return toAliased(node.source, at, path, walk)
  if (node !== null && 'anchor' in node && typeof node.anchor === 'string')
    walk.anchors.set(node.anchor, node)
  if (isMap(node)) return { kind: 'map', entries: toEntries(node, path, walk), ...at }
  if (isSeq(node)) {
    const items = node.items.map((item, index) => toNode(item as Node, [...path, index], walk))
    return { kind: 'list', items, ...at }
  }
  return toScalar(node, at, path, walk)
}

function toAliased(name: string, at: Located, path: Path, walk: Walk): SourceNode {
  const target = walk.anchors.get(name)
  if (target !== undefined) return toNode(target, path, walk)
  walk.report('yaml.alias', `There is no anchor "${name}" above.`, at, path)
  return { kind: 'scalar', value: null, lines: undefined, ...at }
}

/** Names that JavaScript gives a meaning to: no workflow needs them, and a careless reader could be poisoned by them. */
const POISON = new Set(['__proto__', 'constructor', 'prototype'])

function toEntries(map: YAMLMap, path: Path, walk: Walk): ReadonlyMap<string, SourceEntry> {
  const entries = new Map<string, SourceEntry>()
  for (const pair of map.items) {
    const { key, at } = toKey(pair, path, walk)
    if (key === undefined) continue
    if (entries.has(key))
      walk.report('yaml.duplicate', `"${key}" is here twice.`, at, [...path, key], 'Keep one.')
    else entries.set(key, { key: at, value: toNode(pair.value as Node | null, [...path, key], walk) })
  }
  return entries
}

function toKey(pair: Pair, path: Path, { report }: Walk): { key?: string; at: Located } {
  const at = locate(pair.key as Node | null)
  const value = isScalar(pair.key) ? pair.key.value : undefined
  if (typeof value !== 'string') {
    report('yaml.key', 'A key is a text.', at, path, 'Put quotes around it.')
    return { at }
  }
  if (value === '<<') report('yaml.merge', 'Merge keys are not read.', at, path, 'Write the keys out.')
  else if (POISON.has(value)) report('yaml.key', `"${value}" cannot be a key.`, at, path, 'Use another name.')
  else return { key: value, at }
  return { at }
}

function toScalar(node: Node | null, at: Located, path: Path, walk: Walk): SourceScalar {
  const value: unknown = isScalar(node) ? node.value : null
  if (typeof value === 'string') {
    const lines = linesOf(node as Scalar, value, at, walk.text)
    return { kind: 'scalar', value, lines, ...at }
  }
  if (value === null || typeof value === 'boolean') return { kind: 'scalar', value, lines: undefined, ...at }
  if (typeof value === 'number' && Number.isFinite(value))
    return { kind: 'scalar', value, lines: undefined, ...at }
  walk.report(
    'yaml.value',
    'This is neither a text nor a finite number.',
    at,
    path,
    'Put quotes around a text.',
  )
  return { kind: 'scalar', value: null, lines: undefined, ...at }
}

/** Where each line of a text value starts, or undefined where escapes or folding make the value differ from the file. */
function linesOf(
  node: Scalar,
  value: string,
  { start, end }: Located,
  text: string,
): readonly number[] | undefined {
  const first = node.type === 'PLAIN' ? start : start + 1
  if (text.startsWith(value, first) && !value.includes('\n')) return [first]
  if (node.type !== 'BLOCK_LITERAL') return undefined
  const lines: number[] = []
  let from = text.indexOf('\n', start) + 1
  for (const line of value.replace(/\n+$/, '').split('\n')) {
    const found = text.indexOf(line, from)
    if (found < 0 || found > end) return undefined
    lines.push(found)
    from = text.indexOf('\n', found) + 1
  }
  return lines
}

function locate(node: Node | null): Located {
  const [start, end] = node?.range ?? [0, 0]
  return { start, end }
}
