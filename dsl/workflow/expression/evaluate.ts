// Computes the value of an expression's tree. It ends always: every node, item and character made is counted against a limit.
import type { Node, Scope } from './ast.ts'
import { contains, endsWith, format, fromJson, join, startsWith } from './functions.ts'
import type { FunctionName, Meter } from './functions.ts'
import { refuse } from './problem.ts'
import {
  equal,
  isArray,
  isObject,
  isPrimitive,
  order,
  property,
  toJson,
  toNumber,
  toText,
  truthy,
} from './value.ts'
import type { Value } from './value.ts'

/** Nodes visited and items looked at, for one expression. */
export const WORK_MAX = 200_000
/** UTF-16 units of text made, for one expression. */
export const TEXT_MAX = 2_000_000

interface Run extends Meter {
  readonly scope: Scope
  /** Lists that `.*` made: a further access goes into every item. */
  readonly filtered: WeakSet<readonly Value[]>
}

/** Faults: invalid (data: kind `eval` or `limit`, column, fix). */
export function evaluate(node: Node, scope: Scope): Value {
  return valueOf(node, startRun(scope))
}

function startRun(scope: Scope): Run {
  let work = WORK_MAX
  let text = TEXT_MAX
  return {
    scope,
    filtered: new WeakSet(),
    work(count, at) {
      work -= count
      if (work < 0)
        refuse('limit', at, 'The expression does too much work.', 'Narrow the list that it looks at.')
    },
    text(length, at) {
      text -= length
      if (text < 0) refuse('limit', at, 'The expression makes too much text.', 'Write it to a file instead.')
    },
  }
}

function valueOf(node: Node, run: Run): Value {
  run.work(1, node.at)
  switch (node.kind) {
    case 'literal':
      return node.value
    case 'name':
      return property(run.scope.names, node.name) ?? null
    case 'index':
      return access(node, run)
    case 'call':
      return call(node.name as FunctionName, node, run)
    case 'not':
      return !truthy(valueOf(node.operand, run))
    case 'and':
    case 'or':
      return choose(node.operands, node.kind === 'or', run)
    case 'compare':
      return compare(node.operator, valueOf(node.left, run), valueOf(node.right, run))
    case 'pipe':
      return readPath(valueOf(node.target, run), node, run)
  }
}

/** The first operand that decides, as it is: not as a boolean. */
function choose(operands: readonly Node[], stopAt: boolean, run: Run): Value {
  let value: Value = null
  for (const operand of operands) {
    value = valueOf(operand, run)
    if (truthy(value) === stopAt) return value
  }
  return value
}

function compare(
  operator: Extract<Node, { kind: 'compare' }>['operator'],
  left: Value,
  right: Value,
): boolean {
  switch (operator) {
    case '==':
      return equal(left, right)
    case '!=':
      return !equal(left, right)
    case '<':
      return order(left, right) === -1
    case '>':
      return order(left, right) === 1
    case '<=':
      return equal(left, right) || order(left, right) === -1
    case '>=':
      return equal(left, right) || order(left, right) === 1
  }
}

function access(node: Extract<Node, { kind: 'index' }>, run: Run): Value {
  const target = valueOf(node.target, run)
  if (node.index === '*') return filter(items(target, node.at, run), run)
  const index = valueOf(node.index, run)
  if (!isArray(target) || !run.filtered.has(target)) return member(target, index) ?? null
  run.work(target.length, node.at)
  const found = target.map((item) => member(item, index))
  return filter(
    found.filter((item) => item !== undefined),
    run,
  )
}

/** What `.*` goes through: the items of a list, the values of an object, of every item when the list was made by `.*`. */
function items(target: Value, at: number, run: Run): readonly Value[] {
  const isFiltered = isArray(target) && run.filtered.has(target)
  const found = isFiltered ? target.flatMap(inside) : inside(target)
  run.work(found.length, at)
  return found
}

function inside(value: Value): readonly Value[] {
  if (isArray(value)) return value
  return isObject(value) ? Object.values(value) : []
}

function filter(list: readonly Value[], run: Run): Value {
  const made = [...list]
  run.filtered.add(made)
  return made
}

function member(target: Value, index: Value): Value | undefined {
  if (isArray(target)) {
    const position = Math.floor(toNumber(index))
    return position >= 0 ? target[position] : undefined
  }
  return isObject(target) && isPrimitive(index) ? property(target, toText(index)) : undefined
}

/** `| .a[0]`: a text is JSON; a number counts from the end when it is negative, as in jq. */
function readPath(value: Value, node: Extract<Node, { kind: 'pipe' }>, run: Run): Value {
  let found = typeof value === 'string' ? readJson(value, node.at) : value
  for (const key of node.path) {
    run.work(1, node.at)
    const index = typeof key === 'number' && key < 0 && isArray(found) ? found.length + key : key
    found = member(found, index) ?? null
  }
  return found
}

function readJson(text: string, at: number): Value {
  try {
    return JSON.parse(text) as Value
  } catch {
    refuse('eval', at, 'What stands before "|" is a text that is not JSON.', 'Read a field of JSON only.')
  }
}

type Call = Extract<Node, { kind: 'call' }>

function call(name: FunctionName, node: Call, run: Run): Value {
  const { at, args } = node
  const { status = 'success' } = run.scope
  const value = (index: number): Value => valueOf(args[index] as Node, run)
  const optional = (index: number): Value | undefined => (index < args.length ? value(index) : undefined)
  switch (name) {
    case 'contains':
      return contains(value(0), value(1), run, at)
    case 'startswith':
      return startsWith(value(0), value(1))
    case 'endswith':
      return endsWith(value(0), value(1))
    case 'join':
      return join(value(0), optional(1), run, at)
    case 'fromjson':
      return fromJson(value(0), at)
    case 'tojson':
      return jsonText(value(0), at, run)
    case 'format':
      return format(toText(value(0)), (index) => optional(index + 1), run, at)
    case 'case':
      return firstCase(node, run)
    case 'hashfiles':
      return hashFiles(node, run)
    case 'always':
      return true
    case 'success':
    case 'failure':
    case 'cancelled':
      return name === status
  }
}

function jsonText(value: Value, at: number, run: Run): string {
  countDown(value, at, run)
  const text = toJson(value)
  run.text(text.length, at)
  return text
}

/** Counts every value inside before any text is made of it. */
function countDown(value: Value, at: number, run: Run): void {
  run.work(1, at)
  for (const item of inside(value)) countDown(item, at, run)
}

function firstCase({ args, at }: Call, run: Run): Value {
  for (let index = 0; index + 1 < args.length; index += 2) {
    const test = valueOf(args[index] as Node, run)
    if (typeof test !== 'boolean')
      refuse(
        'eval',
        args[index]?.at ?? at,
        'A test of case() is true or false.',
        "Compare, as in: value == 'x'.",
      )
    if (test) return valueOf(args[index + 1] as Node, run)
  }
  return valueOf(args.at(-1) as Node, run)
}

function hashFiles({ args, at }: Call, run: Run): string {
  const { hashFiles } = run.scope
  if (hashFiles === undefined)
    refuse('eval', at, 'There are no files to hash here.', 'Use hashFiles in the fields of a step.')
  return hashFiles(args.map((arg) => toText(valueOf(arg, run))))
}
