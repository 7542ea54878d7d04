// Expands a matrix into its combinations by GitHub's rules: the product of the axes, less exclude, then include.
// Source: docs.github.com, "Running variations of jobs in a workflow".
import { Fault } from '#dsl/fault.ts'
import type { Scope } from './expression/ast.ts'
import { toJson } from './expression/value.ts'
import type { Value } from './expression/value.ts'
import type { Listed, Matrix } from './model.ts'
import { NAMES } from './names.ts'
import { parseTemplate, renderValue } from './template.ts'

export type Combination = Readonly<Record<string, unknown>>

/** GitHub's limit. */
export const COMBINATIONS_MAX = 256

export interface PlainMatrix {
  readonly axes: Readonly<Record<string, readonly unknown[]>>
  readonly include: readonly Combination[]
  readonly exclude: readonly Combination[]
}

/** Whether nothing in it waits for an expression. */
export function isPlainMatrix({ expression, axes, include, exclude }: Matrix): boolean {
  return (
    expression === undefined &&
    [...Object.values(axes), include, exclude].every((list) => typeof list !== 'string')
  )
}

/** The matrix with its expressions computed. Faults: invalid (an expression fails, or gives no list). */
export function resolveMatrix(matrix: Matrix, scope: Scope): PlainMatrix {
  if (matrix.expression !== undefined) return fromValue(compute(matrix.expression, scope))
  return {
    axes: mapValues(matrix.axes, (list, name) => listOf(list, `matrix.${name}`, scope)),
    include: listOf(matrix.include, 'matrix.include', scope).map(asCombination),
    exclude: listOf(matrix.exclude, 'matrix.exclude', scope).map(asCombination),
  }
}

/** The combinations, in GitHub's order. Faults: too_large. */
export function expandMatrix({ axes, include, exclude }: PlainMatrix): readonly Combination[] {
  const names = Object.keys(axes)
  const size = Object.values(axes).reduce((count, list) => count * list.length, names.length === 0 ? 0 : 1)
  if (size > COMBINATIONS_MAX) refuseSize(size)
  const product = names.reduce<readonly Combination[]>(
    (made, name) =>
      made.flatMap((combination) => (axes[name] ?? []).map((value) => ({ ...combination, [name]: value }))),
    names.length === 0 ? [] : [{}],
  )
  const kept = product.filter((combination) => !exclude.some((entry) => contains(combination, entry)))
  const expanded = addIncludes(kept, include, names)
  if (expanded.length > COMBINATIONS_MAX) refuseSize(expanded.length)
  return expanded
}

/** `node=20, os=linux`: how people see a combination. */
export function combinationName(combination: Combination): string {
  return Object.entries(combination)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(', ')
}

/**
 * An entry joins every combination whose axes it does not change; an entry that joins none is a combination of its own,
 * which no later entry joins.
 */
function addIncludes(
  kept: readonly Combination[],
  include: readonly Combination[],
  names: readonly string[],
): readonly Combination[] {
  const joined = kept.map((combination) => ({ ...combination }))
  const own: Combination[] = []
  for (const entry of include) {
    const fits = kept.flatMap((combination, index) => (agrees(combination, entry, names) ? [index] : []))
    for (const index of fits) Object.assign(joined[index] as object, entry)
    if (fits.length === 0) own.push(entry)
  }
  return [...joined, ...own]
}

function agrees(combination: Combination, entry: Combination, names: readonly string[]): boolean {
  return names.every((name) => !Object.hasOwn(entry, name) || same(combination[name], entry[name]))
}

function contains(combination: Combination, entry: Combination): boolean {
  return Object.entries(entry).every(
    ([name, value]) => Object.hasOwn(combination, name) && same(combination[name], value),
  )
}

function same(a: unknown, b: unknown): boolean {
  return a === b || toJson(a as Value) === toJson(b as Value)
}

function refuseSize(size: number): never {
  throw new Fault('too_large', `A matrix has ${COMBINATIONS_MAX} combinations at most; here are ${size}.`)
}

function compute(text: string, scope: Scope): Value {
  return renderValue(parseTemplate(text, NAMES.matrix), scope)
}

function listOf(list: Listed<unknown>, what: string, scope: Scope): readonly unknown[] {
  const value = typeof list === 'string' ? compute(list, scope) : list
  if (!Array.isArray(value))
    throw new Fault('invalid', `${what} is not a list but ${toJson(value as Value).slice(0, 80)}.`)
  return value as readonly unknown[]
}

function asCombination(value: unknown): Combination {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Combination
  throw new Fault('invalid', 'An entry of include or exclude is a map from axis to value.')
}

function fromValue(value: Value): PlainMatrix {
  const { include = [], exclude = [], ...axes } = asCombination(value)
  const scope = { names: {} }
  return {
    axes: mapValues(axes, (list, name) => listOf(list as Listed<unknown>, `matrix.${name}`, scope)),
    include: listOf(include as Listed<unknown>, 'matrix.include', scope).map(asCombination),
    exclude: listOf(exclude as Listed<unknown>, 'matrix.exclude', scope).map(asCombination),
  }
}

function mapValues<T, U>(
  object: Readonly<Record<string, T>>,
  map: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]))
}
