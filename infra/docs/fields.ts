// A schema as a table that a person reads: field, type, default, meaning. It never invents a word that the schema lacks.
import type { z } from 'zod'
import { jsonSchema } from '#server/doors/json-schema.ts'

export interface Schema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly format?: string
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

/** A Markdown table of an object's fields; `none` when it has none. */
export function fieldTable(schema: z.ZodType, io: 'input' | 'output', none: string): string {
  const { properties = {}, required = [] } = jsonSchema(schema, io) as Schema
  const rows = Object.entries(properties).map(([name, field]) => {
    const presence = required.includes(name) ? 'required' : defaultText(field)
    const cells = [code(name), code(typeText(field)), ...(io === 'input' ? [presence] : []), meaning(field)]
    return tableRow(cells)
  })
  if (rows.length === 0) return none
  const head = io === 'input' ? ['field', 'type', 'default', 'meaning'] : ['field', 'type', 'meaning']
  return table(head, rows)
}

export function table(head: readonly string[], rows: readonly string[]): string {
  return [tableRow(head), tableRow(head.map(() => '---')), ...rows].join('\n')
}

/** One row; a bar inside a cell would end it. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

/** A type as TypeScript would write it, on one line. */
export function typeText(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return choices.map(typeText).join(' | ')
  if (typeof schema.type === 'object') return schema.type.join(' | ')
  if (schema.type === 'array') return arrayText(schema.items ?? {})
  if (schema.type === 'object') return objectText(schema)
  return schema.type ?? 'any'
}

function arrayText(items: Schema): string {
  const text = typeText(items)
  return text.includes(' | ') && !text.startsWith('{') ? `(${text})[]` : `${text}[]`
}

function objectText({ properties, required = [], additionalProperties }: Schema): string {
  if (!properties) {
    const values = typeof additionalProperties === 'object' ? typeText(additionalProperties) : 'any'
    return `{ [name]: ${values} }`
  }
  const fields = Object.entries(properties).map(
    ([name, field]) => `${name}${required.includes(name) ? '' : '?'}: ${typeText(field)}`,
  )
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}

function defaultText(schema: Schema): string {
  return schema.default === undefined ? 'optional' : code(JSON.stringify(schema.default))
}

/** The description and the bounds, as one cell. */
function meaning(schema: Schema): string {
  const bounds = [
    schema.format,
    span(schema.minimum, schema.maximum, ''),
    span(schema.minLength, schema.maxLength, ' characters'),
    span(schema.minItems, schema.maxItems, ' items'),
  ].filter((text) => text !== undefined)
  const parts = [schema.description, bounds.length > 0 ? bounds.join(', ') : undefined]
  return parts.filter((part) => part !== undefined).join('; ')
}

function span(least: number | undefined, most: number | undefined, unit: string): string | undefined {
  const bound = most === Number.MAX_SAFE_INTEGER ? undefined : most
  if (bound === undefined) return least === undefined || least < 0 ? undefined : `at least ${least}${unit}`
  return least === undefined || least < 0 ? `at most ${bound}${unit}` : `${least} to ${bound}${unit}`
}

export function code(text: string): string {
  return `\`${text}\``
}
