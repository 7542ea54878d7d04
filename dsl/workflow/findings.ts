// The problems found in one file so far, and how a place in the document becomes a place in the text.
import type { ExpressionProblem } from './expression/problem.ts'
import { problemOf } from './expression/problem.ts'
import { pathText } from './problem.ts'
import type { Path, Problem, Span } from './problem.ts'
import type { Source, SourceNode } from './source.ts'

export interface Findings {
  readonly source: Source
  readonly problems: Problem[]
}

export interface Found {
  readonly code: string
  readonly message: string
  readonly fix?: string | undefined
  readonly severity?: Problem['severity']
  /** Point at the last key of the path instead of its value. */
  readonly onKey?: boolean
  /** Point at this 0-based offset of the text that stands there. */
  readonly offset?: number | undefined
}

/** Problems of one file that are kept; a broken file needs no more to be mended. */
export const PROBLEMS_MAX = 200

export function report(findings: Findings, path: Path, found: Found): void {
  if (findings.problems.length >= PROBLEMS_MAX) return
  const { code, message, fix, severity = 'error' } = found
  const problem = { severity, code, message, path: pathText(path), ...spanAt(findings.source, path, found) }
  findings.problems.push(fix === undefined ? problem : { ...problem, fix })
}

/** Runs what may fault about an expression in the text at `path`; its problem lands on the right column. */
export function guarded<T>(findings: Findings, path: Path, work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    const problem = problemOf(error)
    if (problem === undefined) throw error
    const { message, fix } = problem
    report(findings, path, { code: codeOf(problem), message, fix, offset: problem.column - 1 })
    return undefined
  }
}

function codeOf({ kind }: ExpressionProblem): string {
  return `expression.${kind}`
}

/** The node at the path, or undefined where the document has none. */
export function nodeAt(root: SourceNode | undefined, path: Path): SourceNode | undefined {
  let node = root
  for (const key of path) {
    if (node?.kind === 'map') node = node.entries.get(String(key))?.value
    else if (node?.kind === 'list') node = node.items[Number(key)]
    else return undefined
  }
  return node
}

function spanAt(source: Source, path: Path, { onKey, offset }: Found): Span {
  const parent = nodeAt(source.root, path.slice(0, -1))
  const key = parent?.kind === 'map' ? parent.entries.get(String(path.at(-1)))?.key : undefined
  if (onKey === true && key !== undefined) return source.span(key)
  const node = nodeAt(source.root, path)
  if (node === undefined) return path.length === 0 ? startOf(source) : missingAt(source, path)
  if (offset !== undefined && node.kind === 'scalar') return pointIn(source, node, offset)
  if (node.kind === 'scalar' && node.value === null && key !== undefined) return source.span(key)
  return source.span(node.kind === 'scalar' ? node : { start: node.start, end: node.start })
}

/** What is missing belongs to the key that should hold it. */
function missingAt(source: Source, path: Path): Span {
  const holder = path.slice(0, -1)
  return spanAt(source, holder, { code: '', message: '', onKey: true })
}

function startOf(source: Source): Span {
  return source.span({ start: 0, end: 0 })
}

function pointIn(source: Source, node: SourceNode & { kind: 'scalar' }, offset: number): Span {
  if (node.lines === undefined || typeof node.value !== 'string') return source.span(node)
  const before = node.value.slice(0, offset).split('\n')
  const line = node.lines[before.length - 1] ?? node.start
  const start = line + (before.at(-1)?.length ?? 0)
  return source.span({ start, end: Math.max(start, Math.min(node.end, start + 1)) })
}

/** The plain value of a node. */
export function plain(node: SourceNode | undefined): unknown {
  if (node === undefined) return undefined
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(plain)
  return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plain(value)]))
}
