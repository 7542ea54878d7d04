// What is offered at a place of a workflow, by the schema that the server answers with.
import { describe, expect, it } from 'vitest'
import { SEED_KINDS } from '#dsl/workflow/fake/kinds.ts'
import { workflowJsonSchema } from '#dsl/workflow/json-schema.ts'
import { offersAt } from './complete.ts'
import { placeAt } from './place.ts'

const SCHEMA = workflowJsonSchema(SEED_KINDS)

/** The labels offered at `▮`. */
function offered(marked: string): string[] {
  const place = placeAt(marked.replace('▮', ''), marked.indexOf('▮'))
  return place ? offersAt(SCHEMA, place).map(({ label }) => label) : []
}

describe('completion of a workflow', () => {
  it('offers the keys of the file, without those that it has', () => {
    const keys = offered('name: x\n▮\nsteps: []\n')
    expect(keys).toEqual(expect.arrayContaining(['on', 'policy', 'env']))
    expect(keys).not.toContain('name')
    expect(keys).not.toContain('steps')
  })

  it('offers what a step may use, each with its summary', () => {
    const marked = 'steps:\n  - uses: ▮'
    const place = placeAt(marked.replace('▮', ''), marked.indexOf('▮'))
    const offers = offersAt(SCHEMA, place!)
    expect(offers.map(({ label }) => label)).toEqual([...SEED_KINDS.names()].sort())
    expect(offers.every(({ info }) => info !== undefined)).toBe(true)
  })

  it('offers the fields of what is used, and of nothing else', () => {
    expect(offered('steps:\n  - uses: exec\n    with:\n      ▮')).toContain('cmd')
    expect(offered('steps:\n  - uses: file.list\n    with:\n      ▮')).not.toContain('cmd')
    expect(offered('steps:\n  - with: { ▮ }\n'.replace(' }', ''))).toEqual([])
  })

  it('offers the values of a closed list and of a switch', () => {
    expect(offered('defaults:\n  retry:\n    backoff: ▮')).toEqual(['constant', 'linear', 'exponential'])
    expect(offered('concurrency:\n  cancel-in-progress: ▮')).toEqual(['true', 'false'])
  })

  it('offers keys below names that a person chose', () => {
    expect(offered('on:\n  manual:\n    inputs:\n      who:\n        ▮')).toEqual(
      expect.arrayContaining(['type', 'required', 'default']),
    )
  })

  it('offers nothing where anything may stand', () => {
    expect(offered('name: ▮')).toEqual([])
    expect(offered('nowhere:\n  ▮')).toEqual([])
  })
})
