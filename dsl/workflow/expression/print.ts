// Writes an expression's tree as text that reads back to the same tree.
import type { Node } from './ast.ts'
import { ARITY } from './functions.ts'

const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/
/** Higher binds tighter; an operand that binds less stands in a group. */
const BINDS = {
  pipe: 0,
  or: 1,
  and: 2,
  '==': 3,
  '!=': 3,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  not: 5,
  access: 6,
} as const

export function printExpression(node: Node): string {
  switch (node.kind) {
    case 'literal':
      return literal(node.value)
    case 'name':
      return node.name
    case 'index':
      return target(node.target) + step(node.index)
    case 'call':
      return `${ARITY[node.name as keyof typeof ARITY].spelled}(${node.args.map(printExpression).join(', ')})`
    case 'not':
      return `!${grouped(node.operand, BINDS.not)}`
    case 'and':
      return node.operands.map((operand) => grouped(operand, BINDS.and + 1)).join(' && ')
    case 'or':
      return node.operands.map((operand) => grouped(operand, BINDS.or + 1)).join(' || ')
    case 'compare': {
      const binds = BINDS[node.operator]
      return `${grouped(node.left, binds)} ${node.operator} ${grouped(node.right, binds + 1)}`
    }
    case 'pipe':
      return `${grouped(node.target, BINDS.pipe + 1)} | ${path(node.path)}`
  }
}

function literal(value: string | number | boolean | null): string {
  return typeof value === 'string'
    ? `'${value.replaceAll("'", "''")}'`
    : String(Object.is(value, -0) ? '-0' : value)
}

/** A literal in a group is still a literal, but may be accessed. */
function target(node: Node): string {
  return node.kind === 'literal' ? `(${literal(node.value)})` : grouped(node, BINDS.access)
}

function step(index: Node | '*'): string {
  if (index === '*') return '.*'
  if (index.kind === 'literal' && typeof index.value === 'string' && NAME.test(index.value))
    return `.${index.value}`
  return `[${printExpression(index)}]`
}

function path(keys: readonly (string | number)[]): string {
  const printed = keys.map((key) =>
    typeof key === 'string' && NAME.test(key) ? `.${key}` : `[${literal(key)}]`,
  )
  const text = printed.join('')
  return text.startsWith('.') ? text : `.${text}`
}

function grouped(node: Node, binds: number): string {
  const text = printExpression(node)
  return bindingOf(node) < binds ? `(${text})` : text
}

function bindingOf(node: Node): number {
  if (node.kind === 'compare') return BINDS[node.operator]
  if (node.kind === 'pipe' || node.kind === 'or' || node.kind === 'and' || node.kind === 'not')
    return BINDS[node.kind]
  return BINDS.access
}
