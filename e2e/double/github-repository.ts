// What a repository on the double of GitHub holds, and what each operation of GitHub's does to it. Who asks, and whether the
// request is well-formed, is not its own to say.
export interface DoublePull {
  readonly number: number
  readonly head: string
  readonly base: string
  readonly draft: boolean
  title: string
  body: string | null
  state: 'open' | 'closed'
}

/** Which commits there are: asked at each request, so that pushes count. */
export interface DoubleCommits {
  /** The newest one of a branch. */
  readonly of: (branch: string) => string
  readonly has: (sha: string) => boolean
}

export interface DoubleStatus {
  readonly sha: string
  readonly state: string
  readonly context: string
  readonly description: string | null
  readonly target_url: string | null
}

export interface DoubleRepository {
  readonly defaultBranch: string
  /** Branches that are there: asked at each request, so that pushes count. */
  readonly branches: () => readonly string[]
  readonly commits: DoubleCommits
  readonly pulls: DoublePull[]
  /** In the order in which they came, none written over. */
  readonly statuses: DoubleStatus[]
  readonly comments: { readonly id: number; readonly number: number; readonly body: string }[]
}

export interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Record<string, string>
}

/** Where it matters to nobody. */
export const ONE_COMMIT: DoubleCommits = { of: () => '0'.repeat(40), has: (sha) => /^0{40}$/.test(sha) }
/** GitHub Docs, Commit statuses: so many of one commit and context. */
const STATUSES_MAX = 1000
const DESCRIPTION_MAX = 140

export type Act = (at: Place) => Answer

/** One request: where it is about, and what it says. */
export interface Place {
  readonly name: string
  readonly owner: string
  readonly repository: DoubleRepository
  readonly number: number
  readonly sha: string
  readonly query: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
  readonly origin: string
}
/** By GitHub's names of the operations. */
export const ACTS: Readonly<Record<string, Act>> = {
  'repos/get': (at) => getRepository(at),
  'repos/create-commit-status': (at) => createStatus(at),
  'pulls/list': (at) => listPulls(at),
  'pulls/create': (at) => createPull(at),
  'pulls/update': (at) => updatePull(at),
  'issues/list-comments': (at) => listComments(at),
  'issues/create-comment': (at) => createComment(at),
}

const getRepository: Act = ({ name, owner, repository, origin }) => ({
  status: 200,
  body: {
    id: 1,
    name: name.slice(owner.length + 1),
    full_name: name,
    default_branch: repository.defaultBranch,
    private: false,
    owner: user(owner),
    html_url: `${origin}/${name}`,
  },
})

const listPulls: Act = (at) => {
  const { state = 'open', head, base } = at.query
  const found = at.repository.pulls
    .filter((pull) => state === 'all' || pull.state === state)
    .filter((pull) => head === undefined || label(at, pull.head) === head)
    .filter((pull) => base === undefined || pull.base === base)
    .reverse()
  return { status: 200, body: page(found, at.query).map((pull) => shown(at, pull)) }
}

const createPull: Act = (at) => {
  const { title, head, base, body = null, draft = false } = at.body as Partial<DoublePull>
  const { pulls } = at.repository
  const branches = at.repository.branches()
  if (title === undefined || head === undefined || base === undefined) return refusal('title, head, base')
  for (const [field, name] of Object.entries({ head: head.slice(head.indexOf(':') + 1), base }))
    if (!branches.includes(name)) return invalid({ resource: 'PullRequest', field, code: 'invalid' })
  if (head === base)
    return invalid({
      resource: 'PullRequest',
      code: 'custom',
      message: `No commits between ${base} and ${head}`,
    })
  const open = pulls.find(
    (one) => one.state === 'open' && label(at, one.head) === label(at, head) && one.base === base,
  )
  if (open !== undefined)
    return invalid({
      resource: 'PullRequest',
      code: 'custom',
      message: `A pull request already exists for ${label(at, head)}.`,
    })
  const pull: DoublePull = { number: pulls.length + 1, head, base, title, body, draft, state: 'open' }
  pulls.push(pull)
  return { status: 201, body: shown(at, pull) }
}

const updatePull: Act = (at) => {
  const pull = at.repository.pulls.find(({ number }) => number === at.number)
  if (pull === undefined) return missing
  Object.assign(pull, at.body)
  return { status: 200, body: shown(at, pull) }
}

const listComments: Act = (at) => {
  if (!at.repository.pulls.some(({ number }) => number === at.number)) return missing
  const found = at.repository.comments.filter(({ number }) => number === at.number)
  return { status: 200, body: page(found, at.query).map((one) => comment(at, one)) }
}

const createComment: Act = (at) => {
  const { pulls, comments } = at.repository
  if (!pulls.some(({ number }) => number === at.number)) return missing
  const made = { id: comments.length + 1, number: at.number, body: String(at.body['body']) }
  comments.push(made)
  return { status: 201, body: comment(at, made) }
}

const createStatus: Act = (at) => {
  const {
    state,
    context = 'default',
    description = null,
    target_url = null,
  } = at.body as Partial<DoubleStatus>
  const { commits, statuses } = at.repository
  const wrong = (message: string) => invalid({ resource: 'Status', code: 'custom', message })
  if (state === undefined) return refusal('state')
  if (!commits.has(at.sha)) return { status: 422, body: noCommit(at.sha) }
  if ((description ?? '').length > DESCRIPTION_MAX)
    return wrong(`description is too long (maximum is ${DESCRIPTION_MAX} characters)`)
  if (target_url !== null && !/^https?:\/\/[^/]/.test(target_url))
    return wrong('target_url must use http(s) scheme')
  const same = statuses.filter((one) => one.sha === at.sha && one.context === context)
  if (same.length >= STATUSES_MAX)
    return wrong('This SHA and context has reached the maximum number of statuses.')
  const made = { sha: at.sha, state, context, description, target_url }
  statuses.push(made)
  return { status: 201, body: status(at, statuses.length, made) }
}

function status(at: Place, id: number, { sha, ...made }: DoubleStatus) {
  const times = { created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z' }
  const url = `${at.origin}/repos/${at.name}/statuses/${sha}`
  return { url, avatar_url: null, id, node_id: `SC_${id}`, ...made, ...times, creator: user('us') }
}

function shown(at: Place, pull: DoublePull) {
  const branch = (ref: string) => ({
    label: label(at, ref),
    ref,
    sha: at.repository.commits.of(ref.slice(ref.indexOf(':') + 1)),
    user: user(at.owner),
    repo: {},
  })
  const { number, title, body, draft, state } = pull
  const html_url = `${at.origin}/${at.name}/pull/${number}`
  return {
    id: number,
    number,
    html_url,
    state,
    title,
    body,
    draft,
    user: user('us'),
    head: branch(pull.head),
    base: branch(pull.base),
  }
}

function comment(at: Place, { id, number, body }: DoubleRepository['comments'][number]) {
  const html_url = `${at.origin}/${at.name}/pull/${number}#issuecomment-${id}`
  const issue_url = `${at.origin}/repos/${at.name}/issues/${number}`
  return { id, html_url, issue_url, body, user: user('us'), created_at: '2026-01-01T00:00:00Z' }
}

const noCommit = (sha: string) => ({
  message: `No commit found for SHA: ${sha}`,
  documentation_url: 'https://docs.github.com/rest',
})
const user = (login: string) => ({ login, id: 1 })
const label = ({ owner }: Place, head: string) => (head.includes(':') ? head : `${owner}:${head}`)
export const missing: Answer = { status: 404, body: { message: 'Not Found' } }
export const refusal = (message: string) => invalid({ message })
const invalid = (error: object): Answer => ({
  status: 422,
  body: { message: 'Validation Failed', errors: [error], documentation_url: 'https://docs.github.com/rest' },
})

function page<T>(all: readonly T[], query: Readonly<Record<string, string>>): readonly T[] {
  const size = Number(query['per_page'] ?? 30)
  const from = (Number(query['page'] ?? 1) - 1) * size
  return all.slice(from, from + size)
}
