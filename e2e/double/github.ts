// GitHub on loopback, for pull requests, comments, commit statuses and git: each request and each answer of its API is checked against
// GitHub's description. It fails when a test says so, before or after it has done what was asked.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { OpenAPIBackend } from 'openapi-backend'
import type { Context, Document } from 'openapi-backend'
import type { TestCertificate } from '#server/egress/test-certificate.ts'
import type { GitHost } from './git-host.ts'
import { GITHUB_DESCRIPTION } from './github-description.ts'

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

export type GithubFault =
  | { readonly status: number; readonly body?: object; readonly headers?: Record<string, string> }
  /** The request is done, and its answer is lost. */
  | { readonly lost: true }

export interface GithubDouble {
  /** `GITHUB_API_URL`. */
  readonly apiUrl: string
  readonly token: string
  /** Operations that came in, by GitHub's name: `pulls/create`. */
  readonly calls: readonly string[]
  /** `name`: owner/name. */
  addRepository(name: string, branches: () => readonly string[], commits?: DoubleCommits): DoubleRepository
  /** What the next request of that operation meets. */
  failNext(operation: string, fault: GithubFault): void
  /** What every request of that operation meets from now on; as it should be again when it is left out. */
  failAll(operation: string, fault?: GithubFault): void
  close(): Promise<void>
}

interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Record<string, string>
}

export interface GithubOptions {
  /** For `localhost`; without one it speaks plain HTTP. */
  readonly certificate?: TestCertificate
  /** Repositories that git is served from, beside the API as on GitHub Enterprise. */
  readonly git?: GitHost
}

/** Where it matters to nobody. */
const ONE_COMMIT: DoubleCommits = { of: () => '0'.repeat(40), has: (sha) => /^0{40}$/.test(sha) }
/** GitHub Docs, Commit statuses: so many of one commit and context. */
const STATUSES_MAX = 1000
const DESCRIPTION_MAX = 140

export const DOUBLE_TOKEN = 'ghp_double0123456789'

export async function startGithub({ certificate, git }: GithubOptions = {}): Promise<GithubDouble> {
  const token = DOUBLE_TOKEN
  const repositories = new Map<string, DoubleRepository>()
  const calls: string[] = []
  const faults = new Map<string, GithubFault[]>()
  const lasting = new Map<string, GithubFault | undefined>()
  const api = await openApi(repositories)
  let origin = ''
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    if (git?.serve(request, response)) return
    serve(request, response).catch((error: unknown) => {
      send(response, { status: 500, body: { message: `The double broke: ${String(error)}` } })
    })
  }
  const server = certificate ? createTlsServer(certificate, answer) : createServer(answer)

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await read(request)
    const url = new URL(request.url ?? '', origin)
    const asked = {
      method: request.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
      headers: request.headers as Record<string, string>,
    }
    if (
      !/^(token|bearer) /i.test(asked.headers['authorization'] ?? '') ||
      !request.headers.authorization?.endsWith(` ${token}`)
    )
      return send(response, { status: 401, body: { message: 'Bad credentials' } })
    const operation = api.matchOperation(asked)?.operationId ?? `${asked.method} ${asked.path}`
    calls.push(operation)
    const fault = faults.get(operation)?.shift() ?? lasting.get(operation)
    if (fault !== undefined && 'status' in fault)
      return send(response, { body: { message: 'As the test says.' }, ...fault })
    const answer = (await api.handleRequest(asked, origin)) as Answer
    if (fault !== undefined) return void response.destroy()
    send(response, answer)
  }

  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  origin = certificate ? `https://localhost:${port}` : `http://127.0.0.1:${port}`
  return {
    apiUrl: origin,
    token,
    calls,
    addRepository(name, branches, commits = ONE_COMMIT) {
      const made = { defaultBranch: 'main', branches, commits }
      const repository: DoubleRepository = { ...made, pulls: [], comments: [], statuses: [] }
      repositories.set(name, repository)
      return repository
    },
    failNext: (operation, fault) => void faults.set(operation, [...(faults.get(operation) ?? []), fault]),
    failAll: (operation, fault) => void lasting.set(operation, fault),
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

type Act = (at: Place) => Answer

/** One request: where it is about, and what it says. */
interface Place {
  readonly name: string
  readonly owner: string
  readonly repository: DoubleRepository
  readonly number: number
  readonly sha: string
  readonly query: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
  readonly origin: string
}

async function openApi(repositories: ReadonlyMap<string, DoubleRepository>): Promise<OpenAPIBackend> {
  const on = (act: Act) => (context: Context, origin: string) => {
    const {
      owner = '',
      repo = '',
      pull_number,
      issue_number,
      sha = '',
    } = context.request.params as Record<string, string>
    const name = `${owner}/${repo}`
    const repository = repositories.get(name)
    if (repository === undefined) return missing
    const query = context.request.query as Record<string, string>
    const body = (context.request.requestBody ?? {}) as Record<string, unknown>
    const number = Number(pull_number ?? issue_number)
    return act({ name, owner, repository, number, sha, query, body, origin })
  }
  const api = new OpenAPIBackend({
    definition: GITHUB_DESCRIPTION as unknown as Document,
    strict: true,
    validate: true,
    ajvOpts: { formats: { uri: true, 'date-time': true }, coerceTypes: false },
    handlers: {
      'repos/get': on(getRepository),
      'pulls/list': on(listPulls),
      'pulls/create': on(createPull),
      'pulls/update': on(updatePull),
      'issues/list-comments': on(listComments),
      'issues/create-comment': on(createComment),
      'repos/create-commit-status': on(createStatus),
      notFound: () => missing,
      validationFail: (context: Context) => refusal(JSON.stringify(context.validation.errors)),
      postResponseHandler: (context: Context) => checked(context),
    },
  })
  await api.init()
  return api
}

/** An answer that GitHub would not give is an error of the double. */
function checked(context: Context): Answer {
  const answer = context.response as Answer
  const known = Object.keys((context.operation?.responses ?? {}) as object)
  if (!known.includes(String(answer.status))) return answer
  const { errors } = context.api.validateResponse(answer.body, context.operation, answer.status)
  if (errors)
    throw new Error(
      `${context.operation?.operationId ?? ''} answers against its description: ${JSON.stringify(errors)}`,
    )
  return answer
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
const missing: Answer = { status: 404, body: { message: 'Not Found' } }
const refusal = (message: string) => invalid({ message })
const invalid = (error: object): Answer => ({
  status: 422,
  body: { message: 'Validation Failed', errors: [error], documentation_url: 'https://docs.github.com/rest' },
})

function page<T>(all: readonly T[], query: Readonly<Record<string, string>>): readonly T[] {
  const size = Number(query['per_page'] ?? 30)
  const from = (Number(query['page'] ?? 1) - 1) * size
  return all.slice(from, from + size)
}

async function read(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk as string
  return text
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
