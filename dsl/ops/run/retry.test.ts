import { expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeRuns } from '#dsl/powers/fake/runs.ts'

it('run.retry repeats a run, from a step on or only what failed, but not both', async () => {
  const asked: unknown[] = []
  const runs = fakeRuns(asked)
  await call('run.retry', { runs }, { run: 'r1', from: 'tests' })
  await call('run.retry', { runs }, { run: 'r1', failed: true, text: 'name: y' })
  expect(asked).toEqual([
    ['repeat', 'r1', { from: 'tests' }],
    ['repeat', 'r1', { failed: true, text: 'name: y' }],
  ])
  await call('run.retry', { runs }, { run: 'r1', from: 'tests', here: true })
  expect(asked.at(-1)).toEqual(['repeat', 'r1', { from: 'tests', here: true }])
  const all = call('run.retry', { runs }, { run: 'r1', here: true })
  await expect(all).rejects.toMatchObject({ code: 'invalid', data: { field: 'here' } })
  const both = call('run.retry', { runs }, { run: 'r1', from: 'tests', failed: true })
  await expect(both).rejects.toMatchObject({ code: 'invalid', data: { field: 'failed' } })
})
