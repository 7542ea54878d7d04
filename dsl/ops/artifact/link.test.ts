import { expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeArtifacts } from '#dsl/powers/fake/runs.ts'

it('artifact.link answers with an address that expires', async () => {
  const answer = await call('artifact.link', { artifacts: fakeArtifacts() }, { artifact: 'a1' })
  expect(answer).toMatchObject({ url: 'https://host/artifacts/a1', expiresAt: '2026-01-01T00:00:00.000Z' })
})
