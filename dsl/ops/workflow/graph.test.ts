import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { SEED_KINDS } from '#dsl/workflow/fake/kinds.ts'

const graph = (text: string) => call('workflow.graph', { stepKinds: SEED_KINDS }, { text })

describe('workflow.graph', () => {
  it('answers with the levels, and the edges worth drawing', async () => {
    const text = `name: x
steps:
  - { id: a, uses: qa.review }
  - { id: b, uses: qa.review, needs: a }
  - { id: c, uses: qa.review, needs: a }
  - { id: d, uses: qa.review, needs: [a, b, c] }
`
    const { steps, edges } = await graph(text)
    expect((steps as { id: string; level: number }[]).map(({ id, level }) => `${id}${level}`)).toEqual([
      'a0',
      'b1',
      'c1',
      'd2',
    ])
    expect(edges).toEqual([
      { from: 'a', to: 'b' },
      { from: 'a', to: 'c' },
      { from: 'b', to: 'd' },
      { from: 'c', to: 'd' },
    ])
  })

  it('faults with every problem of a file that is wrong', async () => {
    await expect(graph('name: x\n')).rejects.toMatchObject({
      code: 'invalid',
      data: { file: 'workflow.yaml', problems: [{ code: 'field.missing', path: 'steps' }] },
    })
  })
})
