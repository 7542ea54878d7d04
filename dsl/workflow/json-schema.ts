// The workflow file as JSON Schema, for editors: completion, descriptions and squiggles. Derived from zod; nothing is written twice.
import { z } from 'zod'
import { workflow } from './schema/workflow.ts'
import type { StepKinds } from './step-kind.ts'

type Json = Record<string, unknown>

/** JSON Schema 2020-12. `uses` lists what exists, and `with` the fields of what is used. */
export function workflowJsonSchema(kinds: StepKinds): Json {
  const schema = z.toJSONSchema(workflow, { io: 'input', unrepresentable: 'any' }) as Json
  const step = childOf(schema, 'properties', 'steps', 'items')
  const names = [...kinds.names()].sort()
  const properties = childOf(step, 'properties')
  properties.uses = {
    ...(properties.uses as Json),
    anyOf: names.map((name) => ({ const: name, description: kinds.find(name)?.summary })),
  }
  step.allOf = names.map((name) => ({
    if: { properties: { uses: { const: name } }, required: ['uses'] },
    then: { properties: { with: fieldsOf(kinds, name) } },
  }))
  return { ...schema, title: 'Chispart workflow' }
}

/** Every field may also be an expression, whatever its kind. */
function fieldsOf(kinds: StepKinds, name: string): Json {
  const kind = kinds.find(name)
  if (kind === undefined) return {}
  const schema = z.toJSONSchema(kind.input, {
    io: 'input',
    unrepresentable: 'any',
  }) as Json
  delete schema.$schema
  const fields = Object.entries((schema.properties ?? {}) as Record<string, Json>)
  const open = fields.map(
    ([field, type]) => [field, type.type === 'string' ? type : orExpression(type)] as const,
  )
  return { ...schema, properties: Object.fromEntries(open) }
}

function orExpression({ description, ...type }: Json): Json {
  const either = { anyOf: [type, { type: 'string', pattern: '\\$\\{' }] }
  return description === undefined ? either : { description, ...either }
}

function childOf(schema: Json, ...path: readonly string[]): Json {
  return path.reduce<Json>((at, key) => at[key] as Json, schema)
}
