// The fields that a person fills in to start a run: what they are, and whether what was given fits them.
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import { nearest } from '#dsl/text/nearest.ts'
import { report } from './findings.ts'
import type { Findings } from './findings.ts'
import type { Input, Workflow } from './model.ts'
import type { Path } from './problem.ts'
import { input as inputSchema } from './schema/trigger.ts'

type InputValue = string | number | boolean

/** `inputs`, which already have their shape; `null` is a text that may be left out. */
export function buildInputs(
  findings: Findings,
  inputs: unknown,
  path: Path,
): Readonly<Record<string, Input>> {
  const entries = Object.entries((inputs ?? {}) as Record<string, object | null>)
  return Object.fromEntries(
    entries.map(([name, given]) => [name, buildInput(findings, given, [...path, name])]),
  )
}

function buildInput(findings: Findings, given: object | null, path: Path): Input {
  const parsed = inputSchema.safeParse(given ?? {})
  if (!parsed.success) return { type: 'string', required: false }
  const { description, options, default: preset, ...rest } = parsed.data
  const built: Input = {
    ...rest,
    ...(description === undefined ? {} : { description }),
    ...(options === undefined ? {} : { options }),
    ...(preset === undefined ? {} : { default: preset }),
  }
  if (built.type === 'choice' && options === undefined)
    report(findings, path, { code: 'input.options', message: 'A choice needs options.', onKey: true })
  if (built.type !== 'choice' && options !== undefined)
    report(findings, [...path, 'options'], {
      code: 'input.options',
      message: 'Only a choice has options.',
      fix: 'Write type: choice.',
      onKey: true,
    })
  const problem = preset === undefined ? undefined : inputProblem(built, preset)
  if (problem !== undefined)
    report(findings, [...path, 'default'], { code: 'input.default', message: problem })
  return built
}

/** Why a value does not fit, or undefined. */
function inputProblem({ type, options }: Input, value: unknown): string | undefined {
  if (type === 'choice')
    return options?.includes(String(value)) === true
      ? undefined
      : `It is one of: ${options?.join(', ') ?? ''}.`
  if (type === 'number') return typeof value === 'number' ? undefined : 'It is a number.'
  if (type === 'boolean') return typeof value === 'boolean' ? undefined : 'It is true or false.'
  return typeof value === 'string' ? undefined : 'It is a text.'
}

/** What `inputs` holds in expressions: what was given, else the defaults. Faults: invalid (which field, and what it is). */
export function readInputs(
  workflow: Workflow,
  given: Readonly<Record<string, unknown>>,
): Record<string, InputValue> {
  const trigger = workflow.on.find(({ type }) => type === 'manual')
  const inputs = trigger?.type === 'manual' ? trigger.inputs : {}
  const problems = [...unknownInputs(inputs, given), ...wrongInputs(inputs, given)]
  const [first] = problems
  if (first !== undefined)
    throw new Fault('invalid', `inputs.${first.field}: ${first.problem}`, { data: { problems } })
  const entries = Object.entries(inputs).map(
    ([name, input]) => [name, given[name] ?? input.default ?? empty(input)] as const,
  )
  return Object.fromEntries(entries) as Record<string, InputValue>
}

interface InputFault {
  readonly field: string
  readonly problem: string
}

function unknownInputs(inputs: Readonly<Record<string, Input>>, given: object): readonly InputFault[] {
  const names = Object.keys(inputs)
  return Object.keys(given)
    .filter((name) => !Object.hasOwn(inputs, name))
    .map((field) => {
      const close = nearest(field, names)
      return {
        field,
        problem: `There is no such input.${close === undefined ? '' : ` Did you mean "${close}"?`}`,
      }
    })
}

function wrongInputs(
  inputs: Readonly<Record<string, Input>>,
  given: Readonly<Record<string, unknown>>,
): readonly InputFault[] {
  return Object.entries(inputs).flatMap(([field, input]) => {
    const value = given[field]
    const isMissing = value === undefined && input.default === undefined && input.required
    const problem = isMissing
      ? 'It is required.'
      : value === undefined
        ? undefined
        : inputProblem(input, value)
    return problem === undefined ? [] : [{ field, problem }]
  })
}

function empty({ type }: Input): InputValue {
  if (type === 'boolean') return false
  return type === 'number' ? 0 : ''
}

/** The fields as JSON Schema, for a form. */
export function inputsJsonSchema(inputs: Readonly<Record<string, Input>>): object {
  const fields = Object.entries(inputs).map(([name, input]) => [name, fieldOf(input)] as const)
  return z.toJSONSchema(z.strictObject(Object.fromEntries(fields)), { io: 'input' })
}

function fieldOf(input: Input): z.ZodType {
  const described = typeOf(input).describe(input.description ?? '')
  const withDefault = input.default === undefined ? described : described.default(input.default)
  return input.required && input.default === undefined ? withDefault : withDefault.optional()
}

function typeOf({ type, options }: Input): z.ZodType {
  if (type === 'choice') return z.enum(options ?? [])
  if (type === 'number') return z.number()
  return type === 'boolean' ? z.boolean() : z.string()
}
