// Carries git's own few requests to the repository of a workspace, with the person's own token or the server's: it never enters a
// sandbox, and no other request ever carries it. It follows no redirect, and passes on no header that it does not know.
import { request as askHttp } from 'node:http'
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { request as askHttps } from 'node:https'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { RELAY_HOST } from '#server/github/git-access.ts'
import type { GitAccess } from '#server/github/git-access.ts'
import { authorizationOf } from '#server/vault/credentials.ts'
import type { Credential } from '#server/vault/credentials.ts'
import { CONTINUE } from './answer.ts'
import type { FlowTotals } from './flow.ts'
import { gitService } from './git-service.ts'
import type { GitService } from './git-service.ts'
import type { EgressLimits } from './limits.ts'
import type { HttpAsked, HttpTarget } from './request.ts'
import { refuse, refusedByPolicy } from './rules.ts'
import type { EgressRules, Refusal } from './rules.ts'
import { answered, framingOf, meter, silence, upload } from './upstream.ts'

export interface GitRelayParts {
  /** GITHUB_TOKEN, for who has none of their own. */
  readonly token: string
  /** What the workspace may ask for; undefined: nothing. */
  readonly access: (workspace: string) => Promise<GitAccess | undefined>
  /** The person's own for that repository, the narrowest first. */
  readonly own?: (workspace: string, access: GitAccess) => Promise<readonly Credential[]>
}

export interface GitTarget extends GitService {
  readonly access: GitAccess
  /** What allows it: the operator's entry, or the address of the person's own credential. */
  readonly rule: string
  readonly authorization: string
}

export interface GitRelay {
  judge(
    workspace: string,
    request: IncomingMessage,
    wanted: HttpTarget,
    rules: EgressRules,
  ): Promise<GitTarget | Refusal>
  /** Resolves at the end of the answer; a refusal means that the client has heard nothing yet. */
  carry(asked: HttpAsked, target: GitTarget, way: RelayWay): Promise<FlowTotals | Refusal>
}

export interface RelayWay {
  readonly client: Duplex
  /** Aborts when the client is gone. */
  readonly gone: AbortSignal
  readonly limits: Pick<EgressLimits, 'bytes' | 'idleMs'>
}

/** What a git host needs to know; nobody's credentials are among it. */
const TO_HOST = [
  'accept',
  'accept-encoding',
  'content-encoding',
  'content-type',
  'git-protocol',
  'user-agent',
]
const TO_CLIENT = ['cache-control', 'content-encoding', 'content-length', 'content-type']
/** How a git host says that this token may not do that; of what it may not even see, GitHub says that it is not there. */
const NOT_ALLOWED = [401, 403, 404]

export function isForRelay({ host, port }: HttpTarget): boolean {
  return host.toLowerCase() === RELAY_HOST && port === 80
}

export function createGitRelay({
  token,
  access: find,
  own = () => Promise.resolve([]),
}: GitRelayParts): GitRelay {
  /** The person's own goes first; one that only reads pushes nothing. */
  async function proofFor(workspace: string, access: GitAccess, { does }: GitService) {
    const kept = await own(workspace, access)
    const usable = kept.find(({ write }) => write || does === 'fetch')
    if (usable) return { rule: usable.address, authorization: authorizationOf(usable, true) }
    return { rule: access.rule, authorization: authorizationOf({ username: null, secret: token }, true) }
  }

  return {
    async judge(workspace, { method = '' }, { path }, rules) {
      const access = await find(workspace)
      if (access === undefined)
        return refuse(
          'repository',
          'This workspace was made of no repository that the egress list has under "git".',
        )
      const service = gitService(method, path, access.repository)
      if (service === undefined)
        return refuse('repository', `Only what git asks of ${access.repository} passes here.`)
      const refusal = refusedByPolicy(rules, hostOf(access))
      return refusal ?? { ...service, access, ...(await proofFor(workspace, access, service)) }
    },
    async carry(asked, target, { client, gone, limits }) {
      const [sent, received] = [meter(limits.bytes), meter(limits.bytes)]
      const totals = () => ({ sent: sent.bytes, received: received.bytes })
      const { authorization } = target
      const upstream = ask(target, { ...headersTo(asked.request), authorization }, gone, limits.idleMs)
      const answer = answered(upstream)
      if (asked.waits) client.write(CONTINUE)
      void upload(asked.request, sent, upstream)
      const response = await answer.catch(() => undefined)
      if (response === undefined)
        return refuse('unreachable', `${hostOf(target.access).host} did not answer.`)
      const refusal = wrongAnswer(response, target)
      if (refusal !== undefined) {
        upstream.destroy()
        return refusal
      }
      client.write(headOf(response), 'latin1')
      await pipeline(response, received, client).catch(() => client.destroy())
      upstream.destroy()
      return totals()
    },
  }
}

/** A connection of its own: nothing is left on it that another workspace could read. */
function ask(
  { access, method, path }: GitTarget,
  headers: OutgoingHttpHeaders,
  signal: AbortSignal,
  timeout: number,
) {
  const url = `${access.url}/${path}`
  const options = { method, headers, agent: false, signal, timeout }
  const upstream = url.startsWith('https:') ? askHttps(url, options) : askHttp(url, options)
  return silence(upstream)
}

function headersTo({ headers }: IncomingMessage): OutgoingHttpHeaders {
  const known = [...TO_HOST, framingOf(headers)].filter((name) => headers[name] !== undefined)
  return Object.fromEntries(known.map((name) => [name, headers[name]]))
}

/** Anything but git's own answer stays here: a redirect, a page, words that might repeat what was sent. */
function wrongAnswer(
  { statusCode = 0, headers }: IncomingMessage,
  { access, answers, does }: GitTarget,
): Refusal | undefined {
  const { host } = hostOf(access)
  if (NOT_ALLOWED.includes(statusCode))
    return refuse(
      'repository',
      `${host} does not let the token ${does} ${access.repository} (${statusCode}).`,
    )
  if (statusCode !== 200)
    return refuse('git-host', `${host} answered ${statusCode} for ${access.repository}.`)
  if (headers['content-type'] !== answers) return refuse('git-host', `${host} does not answer as git does.`)
  return undefined
}

function headOf({ headers }: IncomingMessage): string {
  const passed = TO_CLIENT.flatMap((name) => {
    const value = headers[name]
    return typeof value === 'string' ? [`${name}: ${value}`] : []
  })
  return `${['HTTP/1.1 200 OK', ...passed, 'connection: close'].join('\r\n')}\r\n\r\n`
}

function hostOf({ origin }: GitAccess) {
  const { hostname: host, port, protocol } = new URL(origin)
  const usual = protocol === 'https:' ? 443 : 80
  return { host, port: port === '' ? usual : Number(port), usual } as const
}
