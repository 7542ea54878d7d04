import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTemplate, renderText, renderValue } from '#dsl/workflow/template.ts'
import type { Node } from './ast.ts'
import { evaluate } from './evaluate.ts'
import { DEPTH_MAX, LENGTH_MAX, parseExpression } from './parse.ts'
import { printExpression } from './print.ts'
import { problemOf } from './problem.ts'
import { numberText } from './value.ts'
import type { Value } from './value.ts'

const compute = (text: string, names: Record<string, Value> = {}): Value =>
  evaluate(parseExpression(text, Object.keys(names)), { names })
const problem = (work: () => unknown): { kind: string; column: number; fix?: string } | undefined => {
  try {
    work()
  } catch (error) {
    return problemOf(error)
  }
  return undefined
}
const without = (node: Node): unknown =>
  JSON.parse(
    JSON.stringify(node, (key, value: unknown) =>
      key === 'at' ? undefined : typeof value === 'number' ? String(value) : value,
    ),
  )

describe('a path behind |', () => {
  const steps = { x: { output: '{"ok":true,"list":[{"a":1},{"a":2}],"odd key":3}', fields: { ok: false } } }

  it.each([
    ['reads a field of JSON text', 'steps.x.output | .ok', true],
    ['reads a field of an object', 'steps.x.fields | .ok', false],
    ['reads letter case aside', 'steps.x.output | .OK', true],
    ['reads through lists', 'steps.x.output | .list[1].a', 2],
    ['counts from the end', 'steps.x.output | .list[-1].a', 2],
    ['reads an odd key', "steps.x.output | .['odd key']", 3],
    ['gives null for what is not there', 'steps.x.output | .no.where[3]', null],
    ['gives null of null', 'steps.y | .ok', null],
    ['gives the value itself for a dot', "'[1]' | .", [1]],
    ['binds less than all operators', 'false || steps.x.output | .ok', true],
    ['may stand in a group', '(steps.x.output | .ok) && 1', 1],
  ])('%s', (_, text, wanted) => {
    expect(compute(text, { steps })).toEqual(wanted)
  })

  it.each(["'no json' | .ok", "'' | .ok"])('refuses the text in %s, which is not JSON', (text) => {
    expect(problem(() => compute(text))).toMatchObject({ kind: 'eval' })
  })

  it.each(['1 | ok', '1 |', '1 | .a || 2', '1 | .[*]', '1 | .a()', "1 | .a | 'b'", '1 | .[1.5]', '1 | .[x]'])(
    'refuses %s',
    (text) => {
      expect(problem(() => compute(text))).toMatchObject({ kind: 'syntax' })
    },
  )
})

describe('an expression that is wrong', () => {
  it.each([
    ['1 == ', 6, 'A value is missing at the end.'],
    ['contxt.branch', 1, 'Did you mean "context"?'],
    ['  startWith(1, 2)', 3, 'Did you mean "startsWith"?'],
    ['context.a = 1', 11, 'Compare with "==".'],
    ['"text"', 1, "A string stands in single quotes: 'text'."],
    ["context.a == 'text", 14, "Close it with a single quote: 'text'."],
    ['1 + 1', 3, 'Expressions have no arithmetic and no "?:"; use case(test, a, b).'],
  ])('%j tells the column and what would make it right', (text, column, fix) => {
    expect(problem(() => parseExpression(text, ['context']))).toMatchObject({ kind: 'syntax', column, fix })
  })
})

describe('the limits of an expression', () => {
  it('bound its length and depth', () => {
    expect(problem(() => parseExpression(' '.repeat(LENGTH_MAX + 1)))).toMatchObject({ kind: 'limit' })
    expect(problem(() => parseExpression('!'.repeat(DEPTH_MAX) + '1'))).toMatchObject({ kind: 'syntax' })
    expect(problem(() => parseExpression('('.repeat(5000)))).toMatchObject({ kind: 'limit' })
  })

  it('bound the text it makes', () => {
    const bomb = Array.from({ length: 20 }).reduce<string>(
      (text) => `format('{0}{0}{0}{0}', ${text})`,
      "'xxxx'",
    )
    expect(problem(() => compute(bomb))).toMatchObject({ kind: 'limit' })
  })

  it('bound the work it does', () => {
    const list = Array.from({ length: 50_000 }, () => 1)
    const many = Array.from({ length: 20 }, () => 'contains(context.list, 2)').join(' || ')
    expect(problem(() => compute(many, { context: { list } }))).toMatchObject({ kind: 'limit' })
  })

  it('keep what a context inherits out of reach', () => {
    expect(compute('context.toString', { context: {} })).toBeNull()
    expect(compute("context['constructor']['name']", { context: {} })).toBeNull()
    expect(
      renderText(parseTemplate('${{ context.f }}', ['context']), {
        names: { context: { f: (() => 1) as unknown as Value } },
      }),
    ).toBe('')
  })
})

describe('numbers as text', () => {
  it.each([
    [1e15, '1E+15'],
    [123456789012345, '123456789012345'],
    [1234567890123456, '1.23456789012346E+15'],
    [1e-5, '0.00001'],
    [1.5e-7, '1.5E-07'],
    [-0.1, '-0.1'],
    [1e300, '1E+300'],
    [0.1 + 0.2, '0.3'],
  ])('%d is %s, as .NET prints it', (value, text) => {
    expect(numberText(value)).toBe(text)
  })

  it('read back as the same number, to fifteen digits', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(numberText(value))).toBe(Number(value.toPrecision(15)))
      }),
    )
  })
})

describe('a template', () => {
  const scope = { names: { context: { branch: 'feat/x', n: 1, list: [1] }, steps: {} } }
  const names = ['context', 'steps']
  const text = (template: string): string => renderText(parseTemplate(template, names), scope)

  it.each([
    ['feat: ${context.branch}', 'feat: feat/x'],
    ['${CONTEXT.Branch}', 'feat/x'],
    [
      '${HOME} ${other.thing} ${context} ${context.branch',
      '${HOME} ${other.thing} ${context} ${context.branch',
    ],
    ["${{ '${context.branch}' }} ${{ '${{' }}", '${context.branch} ${{'],
    ['$${{ 1 }}', '$1'],
    ['${steps.x.output}', ''],
  ])('%s renders as %s', (template, wanted) => {
    expect(text(template)).toBe(wanted)
  })

  it('keeps the kind of a value that stands alone', () => {
    const value = (template: string) => renderValue(parseTemplate(template, names), scope)
    expect(value('${{ context.list }}')).toEqual([1])
    expect(value('${context.n}')).toBe(1)
    expect(value(' ${{ context.n }}')).toBe(' 1')
    expect(value('plain')).toBe('plain')
  })

  it('never reads again what a value says', () => {
    const evil = { names: { context: { branch: '${{ 1 }}${context.n}' }, steps: {} } }
    expect(renderText(parseTemplate('${{ context.branch }}', names), evil)).toBe('${{ 1 }}${context.n}')
  })

  it('tells the column in the whole text', () => {
    expect(problem(() => parseTemplate('abc ${{ x.y }}', names))).toMatchObject({ column: 9 })
    expect(problem(() => text("abc ${{ fromJSON('x') }}"))).toMatchObject({ column: 9, kind: 'eval' })
  })
})

/** Trees that a text can spell. */
const leaf: fc.Arbitrary<Node> = fc.oneof(
  fc.record({
    kind: fc.constant('literal' as const),
    value: fc.oneof(
      fc.constant(null),
      fc.boolean(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string(),
    ),
    at: fc.constant(0),
  }),
  fc.record({
    kind: fc.constant('name' as const),
    name: fc.constantFrom('steps', 'context'),
    at: fc.constant(0),
  }),
)
const { tree } = fc.letrec<{ tree: Node }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.record({ kind: fc.constant('not' as const), operand: tie('tree'), at: fc.constant(0) }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
      at: fc.constant(0),
    }),
    fc.record({
      kind: fc.constant('compare' as const),
      operator: fc.constantFrom('==', '!=', '<', '<=', '>', '>='),
      left: tie('tree'),
      right: tie('tree'),
      at: fc.constant(0),
    }) as fc.Arbitrary<Node>,
    fc.record({
      kind: fc.constant('index' as const),
      target: tie('tree'),
      index: fc.oneof(tie('tree'), fc.constant('*' as const)),
      at: fc.constant(0),
    }),
    fc.record({
      kind: fc.constant('call' as const),
      name: fc.constantFrom('contains', 'startswith'),
      args: fc.tuple(tie('tree'), tie('tree')),
      at: fc.constant(0),
    }),
    fc.record({
      kind: fc.constant('pipe' as const),
      target: tie('tree'),
      path: fc.array(fc.oneof(fc.string(), fc.integer())),
      at: fc.constant(0),
    }),
  ),
}))

describe('any expression', () => {
  it('prints as text that reads back to the same tree', () => {
    fc.assert(
      fc.property(tree, (node) => {
        expect(without(parseExpression(printExpression(node)))).toEqual(without(node))
      }),
      { numRuns: 1000 },
    )
  })

  it('ends with a value or a problem', () => {
    const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Value>
    fc.assert(
      fc.property(tree, json, json, (node, steps, context) => {
        try {
          evaluate(node, { names: { steps, context } })
        } catch (error) {
          expect(problemOf(error)).toBeDefined()
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('is a tree or a problem, whatever the text', () => {
    const pieces = fc.constantFrom(
      '(',
      ')',
      '[',
      ']',
      '.',
      '*',
      ',',
      '|',
      '||',
      '&&',
      '!',
      '==',
      '<',
      "'a'",
      "'",
      '1',
      '-',
      'x',
      'true',
      'format',
      ' ',
      '{0}',
      '"',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (words) => {
        const found = problem(() => parseExpression(words.join('')))
        if (found !== undefined) expect(found.column).toBeGreaterThan(0)
      }),
      { numRuns: 2000 },
    )
  })
})
