import { expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeGithub } from '#dsl/powers/fake/github.ts'

it('github.pr.comment hands over the comment, by its alias too', async () => {
  const asked: unknown[] = []
  const comment = { repo: 'o/n', number: 7, body: 'well done', once: 'r1/say/1' }
  expect(await call('repo.pr.comment', { github: fakeGithub(asked) }, comment)).toMatchObject({ comment: 9 })
  expect(asked).toEqual([comment])
})

it('github.pr.comment wants something to say', async () => {
  const said = call('github.pr.comment', { github: fakeGithub() }, { repo: 'o/n', number: 7, body: '' })
  await expect(said).rejects.toMatchObject({ code: 'invalid' })
})
