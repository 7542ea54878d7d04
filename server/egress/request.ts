// Reads the one request that a connection may carry, with Node's own parser in its strict mode. It decides nothing about
// hosts, and it never answers.
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { parseAuthority } from './host.ts'
import type { Authority } from './host.ts'
import { quoted, refuse } from './rules.ts'
import type { Refusal } from './rules.ts'

export interface TunnelAsked {
  readonly kind: 'tunnel'
  readonly authority: string
  /** What came with the request: a client may send its TLS at once. */
  readonly head: Buffer
}

export interface HttpAsked {
  readonly kind: 'http'
  readonly request: IncomingMessage
  /** The client sends the body only after 100 Continue. */
  readonly waits: boolean
}

export type Asked = TunnelAsked | HttpAsked

export interface HttpTarget extends Authority {
  /** Path and query, as the host is asked for them. */
  readonly path: string
}

const HEAD_BYTES = 16_384
const ABSOLUTE = /^(\w[\w+.-]*):\/\/([^/?#]*)([/?].*)?$/

/** Undefined when the client left before it asked. A parser per connection: nothing is shared between sandboxes. */
export function readRequest(client: Duplex, withinMs: number): Promise<Asked | Refusal | undefined> {
  const { promise, resolve } = Promise.withResolvers<Asked | Refusal | undefined>()
  const late = setTimeout(() => resolve(refuse('slow', 'No request came in time.')), withinMs)
  let decided = false
  // The parser may tell of a request, and a moment later that its head was none.
  const settle = (outcome: Asked | Refusal | undefined) => {
    clearTimeout(late)
    setImmediate(() => {
      decided = true
      resolve(outcome)
    })
  }
  const http = (waits: boolean) => (request: IncomingMessage) => settle({ kind: 'http', request, waits })
  const server = createServer({ maxHeaderSize: HEAD_BYTES, insecureHTTPParser: false })
  server.once('connect', ({ url = '' }, _, head) => settle({ kind: 'tunnel', authority: url, head }))
  // A second request on the connection finds no listener: it is neither judged nor sent.
  server.once('request', http(false))
  server.once('checkContinue', http(true))
  server.once('upgrade', () => settle(refuse('upgrade', 'Only plain requests pass; an upgrade needs TLS.')))
  server.on('clientError', ({ code = '' }: NodeJS.ErrnoException) => {
    clearTimeout(late)
    if (decided) client.destroy()
    else resolve(refuse('malformed', `This is no HTTP/1.1 request that a proxy can pass on (${code}).`))
  })
  client.once('close', () => settle(undefined))
  server.emit('connection', client)
  return promise
}

/** Host and path of an absolute-form request (RFC 9112 §3.2.2), or what is wrong with its head. */
export function httpTarget(request: IncomingMessage): HttpTarget | Refusal {
  const { url = '' } = request
  const [, scheme = '', authority = '', path = '/'] = ABSOLUTE.exec(url) ?? []
  if (authority === '')
    return refuse('malformed', `${quoted(url)} is no address of the form http://host/path.`)
  if (scheme.toLowerCase() !== 'http')
    return refuse('scheme', `${quoted(scheme)} needs a tunnel: use CONNECT.`)
  const target = parseAuthority(authority, 80)
  if (target === undefined) return refuse('malformed', `${quoted(authority)} is not "host" or "host:port".`)
  return wrongHead(request, target, 80) ?? { ...target, path: path.startsWith('?') ? `/${path}` : path }
}

/** What is wrong with the head of a request to `target`; `usual`: the port that a Host without one means. */
export function wrongHead(request: IncomingMessage, target: Authority, usual: 80 | 443): Refusal | undefined {
  const hosts = valuesOf(request, 'host')
  if (hosts.length > 1 || hosts.some((text) => !isSame(parseAuthority(text, usual), target)))
    return refuse('host-header', 'The Host header must name the host of the address, once.')
  if (valuesOf(request, 'upgrade').length > 0)
    return refuse('upgrade', 'Only plain requests pass; an upgrade needs TLS.')
  const lengths = valuesOf(request, 'content-length')
  const codings = valuesOf(request, 'transfer-encoding')
  // The parser refuses these too; two that agree are cheaper than one that changes its mind.
  if (lengths.length + codings.length > 1 || codings.some((coding) => coding.toLowerCase() !== 'chunked'))
    return refuse('malformed', 'The length of the body is said in two ways, or in none that is known.')
  return undefined
}

function isSame(said: Authority | undefined, { host, port }: Authority): boolean {
  return said?.host.toLowerCase() === host.toLowerCase() && said.port === port
}

function valuesOf({ rawHeaders }: IncomingMessage, name: string): string[] {
  return rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name)
}
