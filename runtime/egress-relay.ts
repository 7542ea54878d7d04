// The way out as programs inside see it: an HTTP proxy on the loopback address. Each connection goes to the server's
// socket as it is. It never reads a byte, and never listens where another machine could reach it.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { openPouring, pour } from './pour.ts'

export const PROXY_HOST = '127.0.0.1'
export const PROXY_PORT = 3128

const SENTENCE = 'The server is away. Try again when it is back.\n'
const AWAY = [
  'HTTP/1.1 503 Egress proxy away',
  'X-Chispart-Egress: failed; reason=away',
  'Content-Type: text/plain',
  `Content-Length: ${SENTENCE.length}`,
  'Connection: close',
  '',
  SENTENCE,
].join('\r\n')

/** `path`: the server's socket. A port that somebody else has is told to `failed`, and ends nothing. */
export function relayEgress(path: string, failed: (error: Error) => void, port = PROXY_PORT): Server {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => join(client, path))
  server.on('error', failed)
  return server.listen({ port, ...(hasOnlyLoopback() ? {} : { host: PROXY_HOST }) })
}

/**
 * Whether nothing but this machine can reach it at any address (proc_pid_net(5), `dev`), as in a sandbox. Then none is named:
 * Node takes as long to look up what needs no looking up as a sandbox takes for all its schemas.
 */
export function hasOnlyLoopback(devices = '/proc/net/dev'): boolean {
  try {
    const names = [...readFileSync(devices, 'utf8').matchAll(/^ *([^ :]+):/gm)].map(([, name]) => name)
    return names.length > 0 && names.every((name) => name === 'lo')
  } catch {
    return false
  }
}

/** Half-open in both directions: each end is passed on by itself, a break ends both. */
function join(client: Socket, path: string): void {
  const out = openPouring({ path, allowHalfOpen: true })
  let reached = false
  out.once('connect', () => void (reached = true))
  out.on('error', () => {
    if (reached) return client.destroy()
    client.end(AWAY)
    client.resume()
  })
  client.on('error', () => out.destroy())
  client.pipe(out)
  pour(out, client)
}
