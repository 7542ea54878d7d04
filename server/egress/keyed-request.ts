// One request to a host for which the workspace has a credential: which one goes with it, and how the answer comes back. The
// credential goes to its own host and paths only, and is in nothing that comes back.
import { request as askHttp } from 'node:http'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Transform } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { isPlainPath } from '#server/vault/address.ts'
import { authorizationOf, credentialAt } from '#server/vault/credentials.ts'
import type { Credential } from '#server/vault/credentials.ts'
import { dial } from './dial.ts'
import type { Connect } from './dial.ts'
import { Echoed, echoGuard, formsOf, holdsEcho } from './echo.ts'
import type { FlowTotals } from './flow.ts'
import type { EgressLimits } from './limits.ts'
import { wrongHead } from './request.ts'
import { isRefusal, quoted, refuse } from './rules.ts'
import type { Refusal, Target } from './rules.ts'
import { answered, framingOf, meter, silence, upload } from './upstream.ts'

export interface KeyedTarget {
  readonly target: Target
  /** Of the host, judged. */
  readonly addresses: readonly string[]
  /** What the workspace may say there, the narrowest first. */
  readonly credentials: readonly Credential[]
}

export interface KeyedAsk {
  readonly method: string
  /** Path and query, as the host is asked for them. */
  readonly path: string
  /** Absent for paths of the host for which there is none. */
  readonly credential: Credential | undefined
  /** What is said with it. */
  readonly authorization?: string
}

export interface KeyedWay {
  readonly connect: Connect
  /** PEM: who vouches for hosts. */
  readonly trusted: readonly string[]
  /** Aborts when the client is gone. */
  readonly gone: AbortSignal
  readonly limits: Pick<EgressLimits, 'bytes' | 'idleMs'>
}

const READS = ['GET', 'HEAD', 'OPTIONS']
/** What only reads, and says what in a body: `git fetch`, and npm's look for known weaknesses. */
const READING_POSTS = [/\/git-upload-pack$/, /\/-\/npm\/v1\/security\/(audits(\/quick)?|advisories\/bulk)$/]
/** Nothing among it says who asks, where it came from, or that another path is meant (`X-Original-URL` and its like). */
const TO_HOST = (
  'accept accept-language content-encoding content-type git-protocol if-match if-modified-since if-none-match if-range ' +
  'if-unmodified-since npm-command npm-in-ci npm-scope pacote-integrity pacote-pkg-id pacote-req-type pacote-version ' +
  'range user-agent'
).split(' ')
/** Hop by hop, and what would carry a right of the credential, or another way to the host, into the sandbox. */
const NOT_TO_CLIENT = new Set(
  (
    'connection keep-alive proxy-connection proxy-authenticate transfer-encoding te trailer upgrade alt-svc ' +
    'set-cookie set-cookie2 www-authenticate authentication-info'
  ).split(' '),
)
const TLS_MS = 10_000

export function judgeKeyed(
  request: IncomingMessage,
  { target, credentials }: KeyedTarget,
): KeyedAsk | Refusal {
  const wrong = wrongHead(request, target, 443)
  if (wrong !== undefined) return wrong
  const { method = '', url = '' } = request
  const [pathname = ''] = url.split('?', 1)
  if (!isPlainPath(pathname))
    return refuse('path', `${quoted(pathname)} could be read as another path; no credential goes with it.`)
  const credential = credentialAt(credentials, pathname)
  if (credential === undefined) return { method, path: url, credential }
  const authorization = authorizationOf(credential, isOfGit(url))
  if (credential.write || onlyReads(method, pathname)) return { method, path: url, credential, authorization }
  const { address } = credential
  return refuse(
    'write',
    `The credential for ${address} only reads; ${quoted(method)} would change something.`,
  )
}

/** The four requests of gitprotocol-http(5). */
function isOfGit(url: string): boolean {
  return /\/(info\/refs\?service=git-(upload|receive)-pack|git-(upload|receive)-pack)$/.test(url)
}

function onlyReads(method: string, path: string): boolean {
  return READS.includes(method) || (method === 'POST' && READING_POSTS.some((one) => one.test(path)))
}

/** Resolves at the end of the answer. A refusal may come when the client has heard the beginning of one: it is cut then. */
export async function carryKeyed(
  request: IncomingMessage,
  response: ServerResponse,
  ask: KeyedAsk,
  { target, addresses }: KeyedTarget,
  way: KeyedWay,
): Promise<FlowTotals | Refusal> {
  const socket = await secured(target, addresses, way)
  if (isRefusal(socket)) return socket
  const { limits, gone } = way
  const [sent, received] = [meter(limits.bytes), meter(limits.bytes)]
  try {
    const upstream = silence(
      askHttp({
        ...{ method: ask.method, path: ask.path, headers: headersTo(request, ask, target), setHost: false },
        ...{ createConnection: () => socket, signal: gone, timeout: limits.idleMs },
      }),
    )
    const answer = answered(upstream)
    void upload(request, sent, upstream)
    const found = await answer.catch(() => undefined)
    if (found === undefined) return refuse('unreachable', `${target.host} did not answer.`)
    const refusal = await passOn(found, response, ask, target, received)
    return refusal ?? { sent: sent.bytes, received: received.bytes }
  } finally {
    socket.destroy()
  }
}

async function passOn(
  found: IncomingMessage,
  response: ServerResponse,
  { credential, authorization = '' }: KeyedAsk,
  { host }: Target,
  received: Transform,
): Promise<Refusal | undefined> {
  const headers = headersBack(found)
  const forms = credential === undefined ? [] : formsOf(credential.secret, authorization)
  if (forms.length > 0) {
    const coding = found.headers['content-encoding'] ?? 'identity'
    if (coding !== 'identity')
      return refuse(
        'coding',
        `${host} answers in the coding ${quoted(coding)}, which cannot be looked through.`,
      )
    if (holdsEcho(`${found.statusMessage}\n${headers.join('\n')}`, forms)) return echoed(host)
  }
  response.writeHead(found.statusCode ?? 502, headers)
  const guards = forms.length > 0 ? [echoGuard(forms)] : []
  try {
    await pipeline([found, received, ...guards, response])
  } catch (error) {
    response.destroy()
    return error instanceof Echoed ? echoed(host) : undefined
  }
  return undefined
}

function echoed(host: string): Refusal {
  return refuse('echo', `${host} repeated the credential in its answer; the answer was cut.`)
}

/** A connection of its own: nothing is left on it that another workspace could read. */
async function secured(
  target: Target,
  addresses: readonly string[],
  { connect, trusted, gone }: KeyedWay,
): Promise<TLSSocket | Refusal> {
  const raw = await dial(target, addresses, connect, gone, false)
  if (isRefusal(raw)) return raw
  const secure = connectTls({
    ...{ socket: raw, servername: target.host, ca: [...trusted], ALPNProtocols: ['http/1.1'] },
  })
  return new Promise((resolve) => {
    const failed = () => {
      clearTimeout(late)
      secure.on('error', () => undefined).destroy()
      raw.destroy()
      resolve(refuse('unreachable', `${target.host} shows no certificate that this server trusts.`))
    }
    const late = setTimeout(failed, TLS_MS)
    secure.once('error', failed)
    secure.once('secureConnect', () => {
      clearTimeout(late)
      secure.off('error', failed)
      resolve(secure)
    })
  })
}

function headersTo(
  { headers }: IncomingMessage,
  { authorization }: KeyedAsk,
  { host, port }: Target,
): OutgoingHttpHeaders {
  const own = authorization === undefined ? ['accept-encoding', 'authorization'] : []
  const known = [...TO_HOST, ...own, framingOf(headers)].filter((name) => headers[name] !== undefined)
  return {
    host: port === 443 ? host : `${host}:${port}`,
    ...Object.fromEntries(known.map((name) => [name, headers[name]])),
    // What cannot be read cannot be looked through.
    ...(authorization !== undefined && { 'accept-encoding': 'identity', authorization }),
  }
}

/** As `name, value, name, value`, each as often as it was said. */
function headersBack({ rawHeaders }: IncomingMessage): string[] {
  return rawHeaders.flatMap((name, i) =>
    i % 2 === 1 || NOT_TO_CLIENT.has(name.toLowerCase()) ? [] : [name, rawHeaders[i + 1] ?? ''],
  )
}
