import { expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { HELLO, fakeWorkflows } from '#dsl/powers/fake/workflows.ts'

it('workflow.save hands over the text, and the name when one is given', async () => {
  const asked: unknown[] = []
  const workflows = fakeWorkflows(asked)
  expect(await call('workflow.save', { workflows }, { text: 'name: hello' })).toEqual(HELLO)
  await call('workflow.save', { workflows }, { text: 'name: hello', name: 'hello' })
  expect(asked).toEqual([
    ['save', 'name: hello', undefined],
    ['save', 'name: hello', 'hello'],
  ])
})
