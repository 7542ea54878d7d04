import { expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeGithub } from '#dsl/powers/fake/github.ts'

const PULL = { repo: 'o/n', title: 'feat: x', head: 'feat/x' }

it('github.pr.create hands over the pull request, by its alias too', async () => {
  const asked: unknown[] = []
  const answer = await call(
    'repo.pr.create',
    { github: fakeGithub(asked) },
    { ...PULL, body: 'b', once: 'k' },
  )
  expect(answer).toMatchObject({ number: 7, result: 'created' })
  expect(asked).toEqual([{ ...PULL, body: 'b', once: 'k', draft: false }])
})

it.each([
  { title: '' },
  { head: 'a b' },
  { head: undefined },
  { repo: undefined },
  { body: 'x'.repeat(65_001) },
])('github.pr.create refuses %#', (wrong) =>
  expect(call('github.pr.create', { github: fakeGithub() }, { ...PULL, ...wrong })).rejects.toMatchObject({
    code: 'invalid',
  }),
)
