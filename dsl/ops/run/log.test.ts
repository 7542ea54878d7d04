import { expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeArtifacts } from '#dsl/powers/fake/runs.ts'

it('run.log answers with a page of text from an offset on', async () => {
  const asked: unknown[] = []
  const input = { run: 'r1', step: 'test[2]', offset: 7 }
  const answer = await call('run.log', { artifacts: fakeArtifacts(asked) }, input)
  expect(answer).toEqual({ text: 'ok\n', end: 3, open: false })
  expect(asked).toEqual([['log', 'r1', 'test[2]', { offset: 7, wait: 0 }]])
})
