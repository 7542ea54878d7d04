// github.pr.comment: comment on a pull request. Sent again under its call id, it comments once.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { once } from '#dsl/ops/fields.ts'
import { markdown, repository, required } from './fields.ts'

export const githubPrComment = op({
  name: 'github.pr.comment',
  aliases: ['repo.pr.comment'],
  summary: 'Comment on a pull request',
  needs: ['github'],
  runs: 'control',
  effect: 'write',
  input: z.object({
    repo: repository(),
    number: z.int().min(1).describe('Of the pull request'),
    body: markdown(1),
    once: once(),
  }),
  output: z.object({ comment: z.int(), url: z.url(), result: z.enum(['created', 'found']) }),
  async run({ github, signal }, { repo, ...comment }) {
    const { id, ...posted } = await github.comment(
      { ...comment, repo: required('github.pr.comment', { repo }) },
      signal,
    )
    return { ...posted, comment: id }
  },
})
