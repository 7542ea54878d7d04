import { expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { RUN, fakeRuns } from '#dsl/powers/fake/runs.ts'

it('run.list answers with a page and where the next one begins', async () => {
  const asked: unknown[] = []
  const runs = fakeRuns(asked)
  expect(await call('run.list', { runs }, { state: 'failed' })).toEqual({ runs: [RUN], cursor: 'next' })
  expect(asked).toEqual([['list', { state: 'failed', limit: 30 }]])
  await expect(call('run.list', { runs }, { state: 'done' })).rejects.toMatchObject({ code: 'invalid' })
})
