import { expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { RUN, fakeRuns } from '#dsl/powers/fake/runs.ts'

it('run.cancel answers with the run as it stands', async () => {
  const asked: unknown[] = []
  expect(await call('run.cancel', { runs: fakeRuns(asked) }, { run: 'r1' })).toEqual({ run: RUN })
  expect(asked).toEqual([['cancel', 'r1']])
})
