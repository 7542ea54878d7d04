// The three processes of a request to the network, each as it is in the product: `host`, `proxy`, `relay`. A parent that
// forks this file gets the port, or the path, that each listens on.
import { once } from 'node:events'
import { createServer as createHost } from 'node:https'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'
import { relayEgress } from '#runtime/egress-relay.ts'
import { parseRule } from '#server/egress/host.ts'
import { createEgress } from '#server/egress/proxy.ts'
import { makeCertificate } from '#server/egress/test-certificate.ts'

export const NAME = 'host.test'
const CHUNK = Buffer.alloc(1_048_576, 7)

const portOf = (server: Server) => (server.address() as AddressInfo).port
const silent = () => undefined

/** `GET /<megabytes>` answers as many. */
async function host(): Promise<unknown> {
  const certificate = makeCertificate(NAME)
  const server = createHost(certificate, (request, response) => {
    let left = Number(request.url?.slice(1))
    response.setHeader('content-length', left * CHUNK.length)
    const more = () => {
      while (left-- > 0) if (!response.write(CHUNK)) return response.once('drain', more)
      return response.end()
    }
    more()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { port: portOf(server), cert: certificate.cert }
}

/** Judges and resolves as ever; only the last step leads to the host of this run. */
async function proxy(folder: string, hostPort: string): Promise<unknown> {
  const rules = { allow: [parseRule(NAME)].flatMap((rule) => rule ?? []), trusted: [] }
  const egress = createEgress({
    rules: () => Promise.resolve(rules),
    audit: { record: silent },
    log: { error: console.error },
    resolve: () => Promise.resolve(['93.184.215.14']),
    connect: () => connect({ port: Number(hostPort), host: '127.0.0.1', allowHalfOpen: true, noDelay: true }),
  })
  const server = createServer({ allowHalfOpen: true }, (client) => egress.accept('bench', client))
  await once(server.listen(join(folder, 'egress.sock')), 'listening')
  return {}
}

async function relay(folder: string): Promise<unknown> {
  const server = relayEgress(join(folder, 'egress.sock'), console.error, 0)
  await once(server, 'listening')
  return { port: portOf(server) }
}

const [part, ...args] = process.argv.slice(2)
const parts: Record<string, (...args: string[]) => Promise<unknown>> = { host, proxy, relay }
if (process.send && part !== undefined) {
  process.send(await parts[part]?.(...args))
  process.once('disconnect', () => process.exit())
}
