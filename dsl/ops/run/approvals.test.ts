import { expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { APPROVAL, fakeRuns } from '#dsl/powers/fake/runs.ts'

it('run.approvals answers with what waits for the caller', async () => {
  expect(await call('run.approvals', { runs: fakeRuns() }, {})).toEqual({ approvals: [APPROVAL] })
})
