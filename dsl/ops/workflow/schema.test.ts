import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { SEED_KINDS } from '#dsl/workflow/fake/kinds.ts'

describe('workflow.schema', () => {
  it('answers with a JSON Schema for editors', async () => {
    const { schema } = await call('workflow.schema', { stepKinds: SEED_KINDS })
    expect(schema).toMatchObject({ type: 'object', required: ['name', 'steps'], title: 'Chispart workflow' })
  })
})
