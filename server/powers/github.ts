// The power over pull requests: looks for what a call has made before it makes it. It keeps nothing; GitHub remembers.
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import type { Github, NewComment, NewPullRequest, PostedComment, PullRequest } from '#dsl/powers/github.ts'
import type { Signal } from '#dsl/powers/signal.ts'
import { githubClient } from '#server/github/client.ts'
import type { GithubClient, GithubConfig } from '#server/github/client.ts'
import { githubFault, isDoubled } from '#server/github/github-fault.ts'
import { hasMark, isOurs, marked } from '#server/github/mark.ts'
import { repositoryOf } from '#server/github/repository.ts'

const PAGE = 100
/** Pages of comments that are looked through for the mark of a call. */
const PAGES_MAX = 100

const Pull = z.object({
  number: z.int(),
  html_url: z.string(),
  state: z.string(),
  body: z.string().nullable(),
  head: z.object({ sha: z.string() }),
})
type Pull = z.output<typeof Pull>
const Comment = z.object({ id: z.int(), html_url: z.string(), body: z.string().optional() })

/** One call's view: where it is about, and how it is cut short. */
interface At {
  readonly client: GithubClient
  readonly target: { readonly owner: string; readonly repo: string }
  readonly request: { readonly signal: AbortSignal }
}

export function githubPower({ apiUrl, token }: GithubConfig): Github {
  async function ask<T>(repo: string, signal: Signal, act: (at: At) => Promise<T>): Promise<T> {
    if (token === undefined)
      throw new Fault('unavailable', 'The server has no token for GitHub. Set GITHUB_TOKEN.')
    const target = repositoryOf(repo, apiUrl)
    const client = githubClient(apiUrl, token)
    const stop = signal as AbortSignal
    try {
      return await act({ client, target, request: { signal: stop } })
    } catch (error) {
      stop.throwIfAborted()
      throw githubFault(error, token)
    }
  }
  return {
    createPull: (pull, signal) => ask(pull.repo, signal, (at) => createPull(at, pull)),
    comment: (comment, signal) => ask(comment.repo, signal, (at) => postComment(at, comment)),
  }
}

async function createPull(at: At, pull: NewPullRequest): Promise<PullRequest> {
  const base = pull.base ?? (await defaultBranch(at))
  const before = await findPull(at, pull, base)
  if (before !== undefined) return keep(at, before, pull)
  const { title, head, draft = false, once } = pull
  try {
    const asked = { title, head, base, draft, body: marked(pull.body, once) }
    const { data } = await at.client.rest.pulls.create({ ...at.target, ...asked, request: at.request })
    return answer(at, parsed(Pull, data), 'created')
  } catch (error) {
    // Somebody was faster between the look and the call.
    const other = isDoubled(error) ? await findPull(at, pull, base) : undefined
    if (other === undefined) throw error
    return answer(at, other, 'found')
  }
}

/** The one that this call made, open or not, or else the open one of its head and base. */
async function findPull(at: At, { head, once }: NewPullRequest, base: string): Promise<Pull | undefined> {
  const from = head.includes(':') ? head : `${at.target.owner}:${head}`
  const wanted = { state: 'all', head: from, base, per_page: PAGE } as const
  const { data } = await at.client.rest.pulls.list({ ...at.target, ...wanted, request: at.request })
  const pulls = parsed(z.array(Pull), data)
  return pulls.find(({ body }) => hasMark(body, once)) ?? pulls.find(({ state }) => state === 'open')
}

/** What a person wrote is never written over. */
async function keep(at: At, before: Pull, { title, body, once }: NewPullRequest): Promise<PullRequest> {
  if (once === undefined || hasMark(before.body, once) || !isOurs(before.body))
    return answer(at, before, 'found')
  const change = { pull_number: before.number, title, body: marked(body, once) }
  const { data } = await at.client.rest.pulls.update({ ...at.target, ...change, request: at.request })
  return answer(at, parsed(Pull, data), 'updated')
}

async function defaultBranch({ client, target, request }: At): Promise<string> {
  const { data } = await client.rest.repos.get({ ...target, request })
  return parsed(z.object({ default_branch: z.string() }), data).default_branch
}

async function postComment(at: At, { number, body, once }: NewComment): Promise<PostedComment> {
  const issue = { ...at.target, issue_number: number, request: at.request }
  const before = once === undefined ? undefined : await findComment(at, issue, once)
  if (before !== undefined) return { id: before.id, url: before.html_url, result: 'found' }
  const { data } = await at.client.rest.issues.createComment({ ...issue, body: marked(body, once) })
  const made = parsed(Comment, data)
  return { id: made.id, url: made.html_url, result: 'created' }
}

type Issue = At['target'] & { readonly issue_number: number; readonly request: At['request'] }

async function findComment({ client }: At, issue: Issue, once: string) {
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const { data } = await client.rest.issues.listComments({ ...issue, per_page: PAGE, page })
    const comments = parsed(z.array(Comment), data)
    const found = comments.find(({ body }) => hasMark(body, once))
    if (found !== undefined || comments.length < PAGE) return found
  }
  throw new Fault('conflict', `The pull request has more than ${PAGES_MAX * PAGE} comments. Use another one.`)
}

function answer({ target }: At, pull: Pull, result: PullRequest['result']): PullRequest {
  const { number, html_url: url, head, body } = pull
  const own = result !== 'found' || isOurs(body)
  return { repo: `${target.owner}/${target.repo}`, number, url, result, sha: head.sha, own }
}

function parsed<S extends z.ZodType>(schema: S, data: unknown): z.output<S> {
  const read = schema.safeParse(data)
  if (read.success) return read.data
  throw new Fault('unavailable', 'What answers at GITHUB_API_URL does not answer as GitHub does.')
}
