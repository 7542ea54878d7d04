// Text with expressions in it. Rendering computes each expression once; what comes out is never read again as a template.
//
// `${{ expression }}` is GitHub's form. `${context.branch}` is the short one: a known root and names joined by dots, nothing
// else, so that `${HOME}` stays what a shell makes of it. Everything else is literal. There is one escape for both forms:
// a string, as in `${{ '${{' }}` or `${{ '${context.branch}' }}`.
import type { Node, Scope } from './expression/ast.ts'
import { evaluate } from './expression/evaluate.ts'
import { parseExpression } from './expression/parse.ts'
import { problemOf, refuse } from './expression/problem.ts'
import { fold, toText } from './expression/value.ts'
import type { Value } from './expression/value.ts'

export interface Literal {
  readonly kind: 'text'
  readonly text: string
}

export interface Hole {
  readonly kind: 'expression'
  readonly node: Node
  /** As written, with its `${{ }}`. */
  readonly text: string
  /** 0-based offset in the template: of the hole, and of the expression inside. */
  readonly at: number
  readonly inner: number
}

export type Template = readonly (Literal | Hole)[]

/** Faults: invalid, with the column in `text`. `names` are the roots that exist. */
export function parseTemplate(text: string, names: readonly string[]): Template {
  const parts: (Literal | Hole)[] = []
  const roots = new Set(names.map(fold))
  let from = 0
  for (;;) {
    const hole = nextHole(text, from, roots)
    if (hole === undefined) break
    if (hole.start > from) parts.push({ kind: 'text', text: text.slice(from, hole.start) })
    parts.push(readHole(text, hole, names))
    from = hole.end
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) })
  return parts
}

/** The text, each expression as GitHub prints its value. Faults: invalid (kind `eval` or `limit`). */
export function renderText(template: Template, scope: Scope): string {
  return template.map((part) => (part.kind === 'text' ? part.text : toText(holeValue(part, scope)))).join('')
}

/** As `renderText`, but a template that is one expression and nothing else keeps the kind of its value. */
export function renderValue(template: Template, scope: Scope): Value {
  const [only, ...more] = template
  return only?.kind === 'expression' && more.length === 0
    ? holeValue(only, scope)
    : renderText(template, scope)
}

/** Faults: invalid, with the column in the template. */
export function holeValue(hole: Hole, scope: Scope): Value {
  return shifted(hole.inner, () => evaluate(hole.node, scope))
}

/** Whether `text` holds an expression of either form; it may still be one that does not parse. */
export function hasExpression(text: string, names: readonly string[]): boolean {
  return text.includes('${') && nextHole(text, 0, new Set(names.map(fold))) !== undefined
}

interface Found {
  readonly start: number
  /** Of the expression inside. */
  readonly inner: number
  readonly innerEnd: number
  readonly end: number
}

const SHORT = /\$\{([A-Za-z_][\w-]*)(?:\.[A-Za-z_][\w-]*)+\}/y

function nextHole(text: string, from: number, roots: ReadonlySet<string>): Found | undefined {
  for (let start = text.indexOf('${', from); start >= 0; start = text.indexOf('${', start + 1)) {
    if (text[start + 2] === '{') return longHole(text, start)
    SHORT.lastIndex = start
    const short = SHORT.exec(text)
    if (short !== null && roots.has(fold(short[1] ?? ''))) {
      const end = SHORT.lastIndex
      return { start, inner: start + 2, innerEnd: end - 1, end }
    }
  }
  return undefined
}

/** `}}` inside a string does not end the hole. */
function longHole(text: string, start: number): Found {
  let isString = false
  for (let at = start + 3; at < text.length; at += 1) {
    if (text[at] === "'") isString = !isString
    else if (!isString && text.startsWith('}}', at))
      return { start, inner: start + 3, innerEnd: at, end: at + 2 }
  }
  refuse('syntax', start, 'The expression that starts here does not end.', 'Close it with }}.')
}

function readHole(text: string, { start, inner, innerEnd, end }: Found, names: readonly string[]): Hole {
  const source = text.slice(inner, innerEnd)
  if (source.trim() === '')
    refuse(
      'syntax',
      start,
      'There is no expression between ${{ and }}.',
      "For the characters themselves write ${{ '${{' }}.",
    )
  const node = shifted(inner, () => parseExpression(source, names))
  return { kind: 'expression', node, text: text.slice(start, end), at: start, inner }
}

/** Runs `work`, moving the column of its problem by `offset`. */
function shifted<T>(offset: number, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const problem = problemOf(error)
    if (problem === undefined) throw error
    refuse(problem.kind, problem.column - 1 + offset, problem.message, problem.fix)
  }
}
