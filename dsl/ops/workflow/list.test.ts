import { expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { HELLO, fakeWorkflows } from '#dsl/powers/fake/workflows.ts'

it('workflow.list tells what starts each, and which are examples', async () => {
  expect(await call('workflow.list', { workflows: fakeWorkflows() })).toEqual({ workflows: [HELLO] })
})
