import { expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { HELLO_DETAIL, fakeWorkflows } from '#dsl/powers/fake/workflows.ts'

it('workflow.get shows the text and what it asks for, or says that there is none', async () => {
  const workflows = fakeWorkflows()
  expect(await call('workflow.get', { workflows }, { name: 'hello' })).toEqual(HELLO_DETAIL)
  const gone = call('workflow.get', { workflows }, { name: 'gone' })
  await expect(gone).rejects.toMatchObject({ code: 'not_found' })
})
