import { describe, expect, it } from 'vitest'
import { SEED_KINDS } from './fake/kinds.ts'
import { workflowJsonSchema } from './json-schema.ts'

interface Json {
  readonly [key: string]: Json | undefined
}
const schema = workflowJsonSchema(SEED_KINDS) as unknown as Json
const list = (node: Json | undefined): readonly Json[] => node as unknown as readonly Json[]

/** Every object that describes a field an author writes. */
function* fieldsOf(node: unknown, path: string): Generator<[string, { description?: string }]> {
  if (typeof node !== 'object' || node === null) return
  for (const [key, value] of Object.entries(node)) {
    if (key === 'properties')
      for (const [name, field] of Object.entries(value as object)) yield [`${path}.${name}`, field as object]
    if (key !== 'allOf') yield* fieldsOf(value, key === 'properties' ? path : `${path}/${key}`)
  }
}

describe('the JSON Schema of workflow files', () => {
  it('asks for a name and steps', () => {
    expect(schema.required).toEqual(['name', 'steps'])
    expect(schema.additionalProperties).toBe(false)
  })

  it('lists what a step may use, with what it is for', () => {
    const uses = schema.properties?.steps?.items?.properties?.uses?.anyOf
    expect(uses).toContainEqual({ const: 'shell.exec', description: 'Run a command, streaming its output' })
    expect(uses).not.toContainEqual(expect.objectContaining({ const: 'pair.init' }))
  })

  it('knows the fields of what is used, each of which may be an expression', () => {
    const rules = list(schema.properties?.steps?.items?.allOf)
    const named = (rule: Json): unknown => rule['if']?.properties?.uses?.const
    const exec = rules.find((rule) => named(rule) === 'shell.exec')?.['then']?.properties?.with
    expect(exec?.required).toEqual(['cmd'])
    expect(exec?.properties?.timeout?.anyOf).toContainEqual({ type: 'string', pattern: '\\$\\{' })
  })

  it('describes every field that has a name of its own', () => {
    const silent = [...fieldsOf(schema, '')].filter(
      ([, field]) => !JSON.stringify(field).includes('"description"'),
    )
    expect(silent.map(([name]) => name)).toEqual([])
  })

  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema)
  })
})
