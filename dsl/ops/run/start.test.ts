import { expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { RUN, fakeRuns } from '#dsl/powers/fake/runs.ts'

it('run.start answers with the run, and takes a repository only by an address that git may clone', async () => {
  const asked: unknown[] = []
  const runs = fakeRuns(asked)
  const input = { text: 'name: x', repo: 'https://host/a.git', branch: 'main' }
  expect(await call('run.start', { runs }, input)).toEqual({ run: RUN })
  expect(asked).toEqual([['start', { ...input, file: 'workflow.yaml', inputs: {} }]])
  const hostile = call('run.start', { runs }, { text: 'name: x', repo: 'ext::sh -c id' })
  await expect(hostile).rejects.toMatchObject({ code: 'invalid' })
})
