// A step's `if`: an expression with or without ${{ }}. It asks for success() unless it asks for a status itself, as on GitHub.
import { walk } from './expression/ast.ts'
import type { Node, Scope } from './expression/ast.ts'
import { evaluate } from './expression/evaluate.ts'
import { parseExpression } from './expression/parse.ts'
import { truthy } from './expression/value.ts'
import { holeValue, parseTemplate, renderText } from './template.ts'
import type { Template } from './template.ts'

export interface Condition {
  readonly test: Node | Template
  /** Whether it asks for a status: then it also decides after a failure. */
  readonly usesStatus: boolean
}

const STATUS = new Set(['always', 'success', 'failure', 'cancelled'])

/** Faults: invalid, with the column in `text`. */
export function parseCondition(text: string, names: readonly string[]): Condition {
  const template = parseTemplate(text, names)
  const nodes = template.flatMap((part) => (part.kind === 'expression' ? [part.node] : []))
  if (nodes.length > 0) return { test: template, usesStatus: nodes.some(asksStatus) }
  const node = parseExpression(text, names)
  return { test: node, usesStatus: asksStatus(node) }
}

/** Whether the step is to run. Faults: invalid (kind `eval` or `limit`). */
export function holds({ test, usesStatus }: Condition, scope: Scope): boolean {
  if (!usesStatus && (scope.status ?? 'success') !== 'success') return false
  if (!isTemplate(test)) return truthy(evaluate(test, scope))
  const [only, ...more] = test
  if (only?.kind === 'expression' && more.length === 0) return truthy(holeValue(only, scope))
  return truthy(renderText(test, scope))
}

/** Whether it is text around expressions, which is never empty and so always holds: surely not what was meant. */
export function isMixed({ test }: Condition): boolean {
  return isTemplate(test) && test.length > 1
}

function isTemplate(test: Node | Template): test is Template {
  return Array.isArray(test)
}

function asksStatus(node: Node): boolean {
  for (const { kind, ...rest } of walk(node))
    if (kind === 'call' && STATUS.has((rest as { name: string }).name)) return true
  return false
}
