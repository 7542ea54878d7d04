import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { RUN, fakeRuns } from '#dsl/powers/fake/runs.ts'
import { HELLO_DETAIL, fakeWorkflows } from '#dsl/powers/fake/workflows.ts'

const start = (input: object, asked: unknown[] = []) =>
  call('run.start', { runs: fakeRuns(asked), workflows: fakeWorkflows() }, input)

describe('run.start', () => {
  it('answers with the run, and takes a repository only by an address that git may clone', async () => {
    const asked: unknown[] = []
    const input = { text: 'name: x', repo: 'https://host/a.git', branch: 'main' }
    expect(await start(input, asked)).toEqual({ run: RUN })
    expect(asked).toEqual([['start', { ...input, file: 'workflow.yaml', inputs: {} }]])
    const hostile = start({ text: 'name: x', repo: 'ext::sh -c id' })
    await expect(hostile).rejects.toMatchObject({ code: 'invalid' })
  })

  it('takes a stored workflow by its name', async () => {
    const asked: unknown[] = []
    await start({ workflow: 'hello', inputs: { who: 'Ada' } }, asked)
    const { text } = HELLO_DETAIL
    expect(asked).toEqual([['start', { text, file: 'hello.yaml', inputs: { who: 'Ada' } }]])
    await expect(start({ workflow: 'gone' })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('wants a text or a name, one of both', async () => {
    for (const input of [{}, { text: 'name: x', workflow: 'hello' }])
      await expect(start(input)).rejects.toMatchObject({
        code: 'invalid',
        message: expect.stringContaining('"text" or "workflow"') as unknown,
      })
  })
})
