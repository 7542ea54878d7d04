import { expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeRuns } from '#dsl/powers/fake/runs.ts'

it('run.approve says yes unless told no', async () => {
  const asked: unknown[] = []
  const runs = fakeRuns(asked)
  await call('run.approve', { runs }, { run: 'r1', step: 'deploy' })
  await call('run.approve', { runs }, { run: 'r1', step: 'deploy', approved: false, comment: 'not today' })
  expect(asked).toEqual([
    ['decide', 'r1', 'deploy', { approved: true }],
    ['decide', 'r1', 'deploy', { approved: false, comment: 'not today' }],
  ])
})
