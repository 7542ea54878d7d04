import { expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { RUN, fakeRuns } from '#dsl/powers/fake/runs.ts'

it('run.get answers with the run, its steps and its policy; another run is not found', async () => {
  const runs = fakeRuns()
  const answer = await call('run.get', { runs }, { run: 'r1' })
  expect(answer).toMatchObject({ run: RUN, policy: { allow_commands: ['npm ci'] }, text: 'name: hello' })
  expect(answer).toMatchObject({ egress: [{ target: 'off.test:443', outcome: 'denied', steps: ['a'] }] })
  await expect(call('run.get', { runs }, { run: 'r2' })).rejects.toMatchObject({ code: 'not_found' })
})
