// github.pr.create: open a pull request, or find the one that is open. Sent again it never opens a second one.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { once } from '#dsl/ops/fields.ts'
import { branch, markdown, repository, required } from './fields.ts'

export const githubPrCreate = op({
  name: 'github.pr.create',
  aliases: ['repo.pr.create'],
  summary: 'Open a pull request, or find the open one',
  needs: ['github'],
  runs: 'control',
  effect: 'write',
  input: z.object({
    repo: repository(),
    title: z.string().min(1).max(256),
    body: markdown(0).default(''),
    head: branch()
      .optional()
      .describe("Branch with the changes, `owner:branch` for a fork's; in a workflow the run's"),
    base: branch().optional().describe("Where to; the repository's default branch when left out"),
    draft: z.boolean().default(false),
    once: once(),
  }),
  output: z.object({
    repo: z.string(),
    number: z.int(),
    url: z.url(),
    result: z
      .enum(['created', 'updated', 'found'])
      .describe('`updated`: the open one of an earlier call of Chispart; a person’s stays as it is: `found`'),
    sha: z.string().describe('The newest commit of its branch'),
    own: z.boolean().describe('Chispart opened it, now or before'),
  }),
  run({ github, signal }, { repo, head, ...pull }) {
    const name = 'github.pr.create'
    return github.createPull(
      { ...pull, repo: required(name, { repo }), head: required(name, { head }) },
      signal,
    )
  },
})
