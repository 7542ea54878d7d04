// What zod says about a value that does not fit, as problems of a workflow file: every one, with the field that was meant.
import { z } from 'zod'
import { nearest } from '#dsl/text/nearest.ts'
import { nodeAt, report } from './findings.ts'
import type { Findings, Found } from './findings.ts'
import type { Path } from './problem.ts'

type Issue = z.core.$ZodIssue

/** True whatever an expression becomes. */
const ALWAYS = new Set(['key.unknown', 'field.missing'])

/** Checks `value`, which stands at `base`. Issues at a path that `isOpen` are left: its value is not known yet. */
export function checkShape<S extends z.ZodType>(
  findings: Findings,
  schema: S,
  value: unknown,
  base: Path,
  isOpen: (path: Path) => boolean = () => false,
): z.output<S> | undefined {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  for (const issue of result.error.issues.flatMap(narrow)) {
    const path = [...base, ...(issue.path as Path)]
    for (const [at, found] of describe(findings, schema, issue, path))
      if (ALWAYS.has(found.code) || !isOpen(at)) report(findings, at, found)
  }
  return undefined
}

/** Of a union the branch that was most likely meant: the one whose complaint lies deepest, then the one with the fewest. */
function narrow(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue]
  const branches = issue.errors.map((branch) => branch.flatMap(narrow))
  const best = branches.reduce((a, b) => (score(b) > score(a) ? b : a))
  if (best.every(({ code, path }) => code === 'invalid_type' && path.length === 0))
    return [{ ...issue, message: unionMessage(branches) }]
  return best.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }) as Issue)
}

function score(branch: readonly Issue[]): number {
  const deepest = Math.max(...branch.map(({ path }) => path.length))
  const isWrongKind = branch.some(({ code, path }) => code === 'invalid_type' && path.length === 0)
  return (isWrongKind ? -1000 : 0) + deepest * 10 - branch.length
}

function unionMessage(branches: readonly (readonly Issue[])[]): string {
  const kinds = branches.flatMap((branch) =>
    branch.flatMap((issue) => (issue.code === 'invalid_type' ? [issue] : [])),
  )
  const names = [...new Set(kinds.map(({ expected }) => kindName(expected)))]
  return `This has to be ${names.join(' or ')}.`
}

function describe(
  findings: Findings,
  schema: z.ZodType,
  issue: Issue,
  path: Path,
): readonly (readonly [Path, Found])[] {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path as Path)
    return issue.keys.map((key) => [[...path, key], unknownKey(key, known)])
  }
  if (issue.code === 'invalid_type' && nodeAt(findings.source.root, path) === undefined)
    return [
      [
        path,
        { code: 'field.missing', message: `"${String(path.at(-1))}" is missing.`, fix: missingFix(issue) },
      ],
    ]
  if (issue.code === 'invalid_value') return [[path, wrongChoice(findings, issue.values.map(String), path)]]
  if (issue.code === 'invalid_key')
    return [[path, { code: 'key.invalid', message: first(issue.issues), onKey: true }]]
  return [[path, { code: 'field.invalid', message: sentence(issue) }]]
}

function unknownKey(key: string, known: readonly string[]): Found {
  const close = nearest(key, known)
  const list = known.length > 0 ? `Known here: ${known.join(', ')}.` : 'Nothing is known here.'
  const fix = close === undefined ? list : `Did you mean "${close}"?`
  return { code: 'key.unknown', message: `There is no field "${key}" here.`, fix, onKey: true }
}

function wrongChoice({ source }: Findings, values: readonly string[], path: Path): Found {
  const node = nodeAt(source.root, path)
  const given = node?.kind === 'scalar' ? String(node.value) : ''
  const close = nearest(given, values)
  const fix = close === undefined ? `One of: ${values.join(', ')}.` : `Did you mean "${close}"?`
  return { code: 'field.invalid', message: `"${given}" is not a choice here.`, fix }
}

function missingFix(issue: Extract<Issue, { code: 'invalid_type' }>): string {
  return `Give it ${kindName(issue.expected)}.`
}

function first(issues: readonly Issue[]): string {
  return capital(issues[0]?.message ?? 'This key does not fit.')
}

function sentence(issue: Issue): string {
  if (issue.code === 'invalid_type') return `This has to be ${kindName(issue.expected)}.`
  return capital(issue.message)
}

function capital(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1)
  return /[.!?]$/.test(text) ? text : `${text}.`
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'empty',
}

function kindName(expected: string): string {
  return KINDS[expected] ?? `of the kind ${expected}`
}

/** The keys that the schema has at a path, of every branch of a union together. */
function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  let level: readonly z.ZodType[] = opened(schema)
  for (const key of path) level = level.flatMap((at) => below(at, key)).flatMap(opened)
  return [...new Set(level.flatMap((at) => (at instanceof z.ZodObject ? Object.keys(at.shape) : [])))]
}

function opened(schema: z.ZodType): readonly z.ZodType[] {
  if (schema instanceof z.ZodUnion) return (schema.options as z.ZodType[]).flatMap(opened)
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return opened(schema.unwrap() as z.ZodType)
  return [schema]
}

function below(schema: z.ZodType, key: string | number): readonly z.ZodType[] {
  if (schema instanceof z.ZodArray) return [schema.element as z.ZodType]
  if (schema instanceof z.ZodRecord) return [schema.valueType as z.ZodType]
  if (!(schema instanceof z.ZodObject)) return []
  const shape = schema.shape as Record<string, z.ZodType>
  const field = Object.hasOwn(shape, key) ? shape[key] : undefined
  return field === undefined ? [] : [field]
}
