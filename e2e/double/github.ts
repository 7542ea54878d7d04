// GitHub on loopback, for pull requests, comments, commit statuses and git: each request and each answer of its API is
// checked against GitHub's description. It fails when a test says so, before or after it has done what was asked.
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
import { ACTS, missing, ONE_COMMIT, refusal } from './github-repository.ts'
import type { Act, Answer, DoubleCommits, DoubleRepository } from './github-repository.ts'

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

export interface GithubOptions {
  /** For `localhost`; without one it speaks plain HTTP. */
  readonly certificate?: TestCertificate
  /** Repositories that git is served from, beside the API as on GitHub Enterprise. */
  readonly git?: GitHost
}

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
      ...Object.fromEntries(Object.entries(ACTS).map(([name, act]) => [name, on(act)])),
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

async function read(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk as string
  return text
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
