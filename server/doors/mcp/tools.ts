// The ops behind the MCP door as tools: how each is listed, and which op a name means. All of it comes from the catalog.
import type { Tool } from '@modelcontextprotocol/server'
import { CATALOG } from '#dsl/catalog.ts'
import type { Op } from '#dsl/op.ts'
import { inputSchema, jsonSchema } from '#server/doors/json-schema.ts'
import type { Json } from '#server/doors/json-schema.ts'

interface ObjectSchema extends Json {
  readonly properties?: Readonly<Record<string, Json>>
  readonly required?: readonly string[]
}

const OPS: readonly Op[] = CATALOG.filter((op) => op.doors.includes('mcp'))

/** What `tools/list` answers: an entry per op, in the catalog's order. */
export const TOOLS: readonly Tool[] = OPS.map(describe)

/** Every name of an op, with dots and, for models whose tools have none, with `_` in their place. */
const BY_NAME = new Map(
  OPS.flatMap((op) =>
    namesOf(op).flatMap((name) => [name, name.replaceAll('.', '_')].map((n) => [n, op] as const)),
  ),
)

export function findTool(name: string): Op | undefined {
  return BY_NAME.get(name)
}

/** The first name that says its group: `exec` is `shell.exec`. */
export function toolName(op: Op): string {
  return namesOf(op).find((name) => name.includes('.')) ?? op.name
}

function namesOf(op: Op): string[] {
  return [op.name, ...op.aliases]
}

function describe(op: Op): Tool {
  return {
    name: toolName(op),
    description: `${op.summary}.`,
    inputSchema: inputOf(op) as Tool['inputSchema'],
    outputSchema: outputOf(op) as Tool['outputSchema'],
    annotations: {
      readOnlyHint: op.effect === 'read',
      // A line of shell may do anything.
      destructiveHint: op.effect === 'destroy' || op.shell.length > 0,
      idempotentHint: op.idempotent,
    },
  }
}

/** Without the field that asks for byte streams: this door has none. */
function inputOf(op: Op): Json {
  const schema = inputSchema(op) as ObjectSchema
  if (op.streams === 0) return schema
  const properties = Object.fromEntries(
    Object.entries(schema.properties ?? {}).filter(([name]) => name !== 'stream'),
  )
  return { ...schema, properties }
}

/** `{ok: true, stream?, truncated?, …output}`, as over REST. */
function outputOf(op: Op): Json {
  const schema = jsonSchema(op.output, 'output') as ObjectSchema
  const frame = { ok: { const: true }, ...(op.events === undefined ? {} : eventFields(op.events)) }
  const always = op.events === undefined ? ['ok'] : ['ok', 'stream']
  return {
    ...schema,
    properties: { ...frame, ...schema.properties },
    required: [...always, ...(schema.required ?? [])],
  }
}

function eventFields(events: NonNullable<Op['events']>): Record<string, Json> {
  return {
    stream: { type: 'array', items: jsonSchema(events, 'output'), description: 'What happened, in order' },
    truncated: { type: 'boolean', description: 'Whether the middle of it is left out' },
  }
}
