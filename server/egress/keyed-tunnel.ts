// A tunnel to a host for which the workspace has a credential: its TLS ends here, with a certificate of our own authority, so
// that the credential can be added to what is asked in it. It is opened for no other host, and decides nothing itself.
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { SecureContext } from 'node:tls'
import type { EgressLimits } from './limits.ts'

/** `waits`: the client sends the body only after 100 Continue. */
export type ServeKeyed = (request: IncomingMessage, response: ServerResponse, waits: boolean) => void

const HEAD_BYTES = 16_384

/** `hello`: what the client has said of its TLS so far. The server hears every request in turn; no upgrade passes. */
export function endTls(
  client: Duplex,
  hello: Buffer,
  context: SecureContext,
  { idleMs }: Pick<EgressLimits, 'idleMs'>,
  serve: ServeKeyed,
): void {
  client.unshift(hello)
  const options = { isServer: true, secureContext: context, ALPNProtocols: ['http/1.1'] }
  // Of a stream that is no socket of ours, as that of a container, only the bytes are used.
  const secure = new TLSSocket(client as ConstructorParameters<typeof TLSSocket>[0], options)
  secure.on('error', () => client.destroy())
  secure.once('close', () => client.destroy())
  const server = createServer({
    maxHeaderSize: HEAD_BYTES,
    insecureHTTPParser: false,
    keepAliveTimeout: idleMs,
  })
  server.on('request', (request, response) => serve(request, response, false))
  server.on('checkContinue', (request, response) => serve(request, response, true))
  server.on('clientError', () => secure.destroy())
  server.on('connect', () => secure.destroy())
  server.on('upgrade', () => secure.destroy())
  server.emit('connection', secure)
  // The last word: the server sets a time of its own for the socket.
  secure.setTimeout(idleMs, () => secure.destroy())
}
