// Sends one plain HTTP request on to its host, its head written anew. It never passes on a framing that it did not
// understand, nor a header that is meant for a proxy.
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { Transform } from 'node:stream'
import type { Duplex } from 'node:stream'
import { pour } from '#runtime/pour.ts'
import { CONTINUE } from './answer.ts'
import type { HttpAsked, HttpTarget } from './request.ts'

/** Hop by hop (RFC 9110 §7.6.1), and what is written anew. */
const OURS = new Set(
  (
    'connection keep-alive proxy-connection proxy-authenticate proxy-authorization te trailer upgrade ' +
    'host expect content-length transfer-encoding'
  ).split(' '),
)

/** The response comes back as it is: one request a connection, which the host closes at its end. */
export function forward(
  { request, waits }: HttpAsked,
  target: HttpTarget,
  client: Duplex,
  host: Socket,
): void {
  host.write(requestHead(request, target), 'latin1')
  if (waits) client.write(CONTINUE)
  if (request.headers['transfer-encoding'] !== undefined) request.pipe(chunks()).pipe(host, { end: false })
  else request.pipe(host, { end: false })
  pour(host, client)
}

function requestHead(request: IncomingMessage, { host, port, path }: HttpTarget): string {
  const { method = 'GET', rawHeaders, headers } = request
  const dropped = new Set([...OURS, ...(headers.connection ?? '').toLowerCase().split(/[,\s]+/)])
  const passed = rawHeaders.flatMap((name, i) =>
    i % 2 === 1 || dropped.has(name.toLowerCase()) ? [] : [`${name}: ${rawHeaders[i + 1] ?? ''}`],
  )
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${port === 80 ? host : `${host}:${port}`}`,
    ...passed,
    ...framing(headers),
    'Connection: close',
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

function framing(headers: IncomingMessage['headers']): string[] {
  if (headers['transfer-encoding'] !== undefined) return ['Transfer-Encoding: chunked']
  const length = headers['content-length']
  return length === undefined ? [] : [`Content-Length: ${length}`]
}

/** RFC 9112 §7.1, without extensions or trailers. */
function chunks(): Transform {
  return new Transform({
    transform(bytes: Buffer, _, done) {
      done(null, Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]))
    },
    flush(done) {
      done(null, '0\r\n\r\n')
    },
  })
}
