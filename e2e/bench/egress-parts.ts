// The three processes of a request to the network, each as it is in the product: `host`, `proxy`, `relay`; and `pipe`, a hop
// that only pipes streams. A parent that forks this file gets the port that each listens on, and at each message the CPU time that it took so far.
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer as createHost } from 'node:https'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { relayEgress } from '#runtime/egress-relay.ts'
import { openSocket } from '#server/egress/dial.ts'
import { parseRule } from '#server/egress/host.ts'
import { createEgress } from '#server/egress/proxy.ts'
import { makeCertificate } from '#server/egress/test-certificate.ts'

export const NAME = 'host.test'
const CHUNK = Buffer.alloc(1_048_576, 7)

const portOf = (server: Server) => (server.address() as AddressInfo).port
const silent = () => undefined

/** `GET /<megabytes>` answers as many; `GET /<megabytes>/<rate>` so many of them a second, as a network would. */
async function host(): Promise<unknown> {
  const certificate = makeCertificate(NAME)
  const server = createHost(certificate, (request, response) => {
    const [, size, rate] = request.url?.split('/') ?? []
    response.setHeader('content-length', Number(size) * CHUNK.length)
    void answer(response, Number(size), rate === undefined ? undefined : Number(rate))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { port: portOf(server), cert: certificate.cert }
}

async function answer(response: ServerResponse, size: number, rate: number | undefined): Promise<void> {
  const began = performance.now()
  for (let sent = 0; sent < size; sent++) {
    const early = rate === undefined ? 0 : began + (sent / rate) * 1000 - performance.now()
    if (early > 0) await wait(early)
    if (!response.write(CHUNK)) await once(response, 'drain')
  }
  response.end()
}

/** Judges and resolves as ever; only the last step leads to the host of this run. */
async function proxy(path: string, hostPort: string): Promise<unknown> {
  const rules = { allow: [parseRule(NAME)].flatMap((rule) => rule ?? []), trusted: [] }
  const egress = createEgress({
    rules: () => Promise.resolve(rules),
    audit: { record: silent },
    log: { error: console.error },
    resolve: () => Promise.resolve(['93.184.215.14']),
    connect: (_, __, pours) =>
      openSocket({ port: Number(hostPort), host: '127.0.0.1', allowHalfOpen: true, noDelay: true }, pours),
  })
  const server = createServer({ allowHalfOpen: true }, (client) => egress.accept('bench', client))
  await once(server.listen(path), 'listening')
  return {}
}

async function relay(path: string): Promise<unknown> {
  const server = relayEgress(path, console.error, 0)
  await once(server, 'listening')
  return { port: portOf(server) }
}

/** What Node costs by itself between the same sockets: from `path`, or from a port when `to` is a path. */
async function pipe(from: string, to: string): Promise<unknown> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const target = to.startsWith('/') ? { path: to } : { port: Number(to), host: '127.0.0.1' }
    const out = connect({ ...target, allowHalfOpen: true, noDelay: true })
    for (const socket of [client, out])
      socket.on('error', () => {
        client.destroy()
        out.destroy()
      })
    client.pipe(out).pipe(client)
  })
  await once(from === '' ? server.listen(0, '127.0.0.1') : server.listen(from), 'listening')
  return { port: from === '' ? portOf(server) : 0 }
}

const [part, ...args] = process.argv.slice(2)
const parts: Record<string, (...args: string[]) => Promise<unknown>> = { host, proxy, relay, pipe }
if (process.send && part !== undefined) {
  process.send(await parts[part]?.(...args))
  process.on('message', () => process.send?.(process.cpuUsage()))
  process.once('disconnect', () => process.exit())
}
