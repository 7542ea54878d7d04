import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { SEED_KINDS } from '#dsl/workflow/fake/kinds.ts'

const validate = (text: string) =>
  call('workflow.validate', { stepKinds: SEED_KINDS }, { text, file: 'ci.yaml' })

describe('workflow.validate', () => {
  it('finds nothing wrong with a good file', async () => {
    expect(await validate('name: x\nsteps: [{ uses: qa.review }]\n')).toEqual({ valid: true, problems: [] })
  })

  it('lists every problem with its place, as a result', async () => {
    const { valid, problems } = await validate('name: x\nstep: []\nsteps: [{ uses: qa.reviw }]\n')
    expect(valid).toBe(false)
    expect((problems as { text: string }[]).map(({ text }) => text)).toEqual([
      'ci.yaml:2:1: error: There is no field "step" here. Did you mean "steps"?',
      'ci.yaml:3:17: error: There is nothing called "qa.reviw" to use. Did you mean "qa.review"?',
    ])
  })

  it('says of a file that is too long that it is', async () => {
    const { problems } = await validate('#'.repeat(262_145))
    expect(problems).toMatchObject([{ code: 'yaml.size' }])
  })
})
