import { expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { ARTIFACT, fakeArtifacts } from '#dsl/powers/fake/runs.ts'

it('artifact.list answers with what a run left behind', async () => {
  const answer = await call('artifact.list', { artifacts: fakeArtifacts() }, { run: 'r1' })
  expect(answer).toEqual({ artifacts: [ARTIFACT] })
})
