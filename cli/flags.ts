// The fields of an op as a person types them: required ones by place, the rest by name. It reads the schema, no op by name.
import { Argument, InvalidArgumentError, Option } from 'commander'
import { z } from 'zod'
import { doorInput } from '#dsl/catalog.ts'
import type { Op } from '#dsl/op.ts'

interface FieldSchema {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly items?: FieldSchema
}

export interface Field {
  readonly name: string
  readonly required: boolean
  readonly schema: FieldSchema
}

export function fieldsOf(op: Op): Field[] {
  const { properties = {}, required = [] } = z.toJSONSchema(doorInput(op), { io: 'input' })
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    required: required.includes(name),
    schema: schema as FieldSchema,
  }))
}

/** Typed by place: a required field, and the `path` of an op that has one. */
export function isPositional({ name, required, schema }: Field): boolean {
  const simple = schema.type !== undefined && !['object', 'array', 'boolean'].includes(schema.type)
  return simple && (required || name === 'path')
}

export function argumentOf({ name, required, schema }: Field): Argument {
  const meaning = describe(schema)
  const argument = new Argument(required ? `<${name}>` : `[${name}]`, meaning)
  if (schema.enum) return argument.choices(schema.enum)
  return argument.argParser((text) => valueOf(schema, text))
}

/** One option as a rule; two, for yes and no, where a person must say which. */
export function optionsOf(field: Field): Option[] {
  const { name, required, schema } = field
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  if (schema.type !== 'boolean') return [valueOption(flag, field)]
  const yes = new Option(flag, describe(schema))
  const no = new Option(flag.replace('--', '--no-'), `Not ${flag}`)
  if (required) return [yes.makeOptionMandatory(), no]
  return [schema.default === true ? no : yes]
}

function valueOption(flag: string, { required, schema }: Field): Option {
  const list = schema.type === 'array' && schema.items?.type === 'string'
  const option = new Option(`${flag} <${list ? 'value...' : placeholder(schema)}>`, describe(schema))
  option.makeOptionMandatory(required)
  if (schema.enum) return option.choices(schema.enum)
  return list ? option : option.argParser((text) => valueOf(schema, text))
}

/** Reads a whole number of that range, as an option's parser. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN
    if (value >= least && value <= most) return value
    throw new InvalidArgumentError(`Write a whole number from ${least} to ${most}.`)
  }
}

function placeholder({ type }: FieldSchema): string {
  if (type === 'integer' || type === 'number') return 'number'
  return type === 'string' ? 'text' : 'json'
}

function describe({ description, default: fallback }: FieldSchema): string {
  const shown = [false, undefined].includes(fallback as undefined) || Array.isArray(fallback)
  return [description ?? '', shown ? '' : `(default: ${JSON.stringify(fallback)})`].join(' ').trim()
}

function valueOf({ type }: FieldSchema, text: string): unknown {
  if (type === 'string') return text
  try {
    const value: unknown = JSON.parse(text)
    if ((type === 'integer' || type === 'number') && typeof value !== 'number') throw new Error('no number')
    return value
  } catch {
    throw new InvalidArgumentError(
      type === 'integer' || type === 'number' ? 'Write a number.' : 'Write JSON.',
    )
  }
}
