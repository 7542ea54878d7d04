// Every vector of `vectors.jsonl`: cases of GitHub's own test tables (actions/languageservices, actions/runner), of nektos/act, and ours.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { holds, parseCondition } from '#dsl/workflow/condition.ts'
import { parseTemplate, renderText } from '#dsl/workflow/template.ts'
import type { Scope } from './ast.ts'
import { evaluate } from './evaluate.ts'
import { parseExpression } from './parse.ts'
import { problemOf } from './problem.ts'
import type { Value } from './value.ts'

interface Vector {
  readonly id: string
  readonly mode: 'expr' | 'template' | 'if'
  readonly expr: string
  readonly context: { readonly [name: string]: Value }
  readonly group: string
  readonly expected?: Value
  readonly error?: 'syntax' | 'eval'
  readonly status?: 'success' | 'failure' | 'cancelled'
  readonly files?: Readonly<Record<string, string>>
}

/** Cases where Chispart means something else on purpose, with the reason. */
const DIFFERENT: Readonly<Record<string, { readonly result: Value; readonly reason: string }>> = {
  x1573: { result: 'feat: feat/x', reason: 'The seed (S68) makes `${context.branch}` an expression.' },
}

const vectors = readFileSync(new URL('vectors.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line, (_, value: unknown) => special(value)) as Vector)

/** JSON has no NaN and no Infinity: the file writes `{"$number": "NaN"}`. */
function special(value: unknown): unknown {
  const isSpecial = typeof value === 'object' && value !== null && Object.hasOwn(value, '$number')
  return isSpecial ? Number((value as { $number: string }).$number) : value
}

/** As actions/runner's hashFiles: a plain name matches itself; the digests of all files are digested again. */
function hashFiles(files: Readonly<Record<string, string>>, patterns: readonly string[]): string {
  const found = Object.keys(files).filter((name) => patterns.includes(name))
  if (found.length === 0) return ''
  const sum = createHash('sha256')
  for (const name of found)
    sum.update(
      createHash('sha256')
        .update(files[name] ?? '')
        .digest(),
    )
  return sum.digest('hex')
}

function result(vector: Vector): { value: unknown } | { error: string } {
  const { mode, expr, context, status, files } = vector
  const names = Object.keys(context)
  const scope: Scope = {
    names: context,
    ...(status === undefined ? {} : { status }),
    hashFiles: (patterns) => hashFiles(files ?? {}, patterns),
  }
  try {
    if (mode === 'template') return { value: renderText(parseTemplate(expr, names), scope) }
    if (mode === 'if') return { value: holds(parseCondition(expr, names), scope) }
    const value = evaluate(parseExpression(expr, names), scope)
    // -0 and 0 are one number: no expression tells them apart.
    return { value: value === 0 ? 0 : value }
  } catch (error) {
    const problem = problemOf(error)
    if (problem === undefined) throw error
    return { error: problem.kind }
  }
}

function wanted(vector: Vector): unknown {
  const different = DIFFERENT[vector.id]
  if (different !== undefined) return { value: different.result }
  return vector.error === undefined ? { value: vector.expected } : { error: vector.error }
}

const groups = Map.groupBy(vectors, ({ group }) => group)

describe('the 1596 vectors', () => {
  it('are all here', () => {
    expect(vectors).toHaveLength(1596)
    expect(new Set(vectors.map(({ id }) => id)).size).toBe(1596)
  })

  it.each([...groups])('agree with %s', (_, cases) => {
    const got = cases.map((vector) => ({ id: vector.id, expr: vector.expr, ...result(vector) }))
    expect(got).toEqual(
      cases.map((vector) => ({ id: vector.id, expr: vector.expr, ...(wanted(vector) as object) })),
    )
  })
})
