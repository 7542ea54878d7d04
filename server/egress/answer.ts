// What the proxy itself says to a program in a sandbox: why it was refused. It never repeats bytes unescaped.
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { isFailure } from './rules.ts'
import type { EgressReason, Refusal } from './rules.ts'

/** Client tools show the status line and hide the body of a refused CONNECT, so the line says it too. */
const STATUS: Partial<Record<EgressReason, string>> = {
  malformed: '400 Egress request malformed',
  slow: '408 Egress request too slow',
  unreachable: '502 Egress host unreachable',
  'git-host': '502 Egress git host refused',
  coding: '502 Egress host unreadable',
}
/** Alert `access_denied`, fatal (RFC 8446 §6): a TLS client then reports a refusal, not a broken line. */
const TLS_DENIED = Buffer.from([21, 3, 1, 0, 2, 2, 49])
/** Time for the other end to read the answer, whatever it was still sending. */
const LINGER_MS = 1000

export const ESTABLISHED = 'HTTP/1.1 200 Connection established\r\n\r\n'
export const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

/** The whole response; the connection ends after it. */
export function answerRefusal(client: Duplex, refusal: Refusal): void {
  const { status, headers, body } = said(refusal)
  const lines = [`HTTP/1.1 ${status}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)]
  endWith(client, Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`))
}

/** As the answer to a request of a tunnel whose TLS ends here; cut when the host's answer has begun. */
export function answerRequest(response: ServerResponse, refusal: Refusal): void {
  if (response.headersSent) return void response.destroy()
  const { status, headers, body } = said(refusal)
  response.writeHead(Number(status.slice(0, 3)), status.slice(4), headers).end(body)
}

function said(refusal: Refusal) {
  const { reason, message } = refusal
  const body = `${message}\n`
  return {
    status: STATUS[reason] ?? `403 Egress denied: ${reason}`,
    headers: {
      'X-Chispart-Egress': `${isFailure(refusal) ? 'failed' : 'denied'}; reason=${reason}`,
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': String(Buffer.byteLength(body)),
      Connection: 'close',
    },
    body,
  }
}

/** Inside a tunnel there is no status any more. */
export function cutTunnel(client: Duplex, { reason }: Refusal): void {
  if (reason === 'sni') endWith(client, TLS_DENIED)
  else client.destroy()
}

/** Unread bytes at a close would reset the connection, and the answer with it. */
function endWith(client: Duplex, bytes: Buffer): void {
  const linger = setTimeout(() => client.destroy(), LINGER_MS)
  client.once('close', () => clearTimeout(linger))
  client.once('end', () => client.destroy())
  client.end(bytes)
  client.resume()
}
