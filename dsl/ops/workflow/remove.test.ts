import { expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeWorkflows } from '#dsl/powers/fake/workflows.ts'

it('workflow.remove removes the one of that name, or says that there is none', async () => {
  const asked: unknown[] = []
  const workflows = fakeWorkflows(asked)
  expect(await call('workflow.remove', { workflows }, { name: 'hello' })).toEqual({})
  expect(asked).toEqual([['remove', 'hello']])
  const gone = call('workflow.remove', { workflows }, { name: 'gone' })
  await expect(gone).rejects.toMatchObject({ code: 'not_found' })
})
