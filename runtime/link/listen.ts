// The runtime on a laptop as its own small server: WebSockets on /rpc of the loopback address. It never serves a browser page.
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { doorInput, findOp } from '#dsl/catalog.ts'
import { Fault, FAULTS } from '#dsl/fault.ts'
import type { Op } from '#dsl/op.ts'
import { parseInput } from '#dsl/perform.ts'
import { framePayload, frameStream } from '#dsl/wire/frame.ts'
import type { Grant } from '#dsl/wire/link.ts'
import { SUBPROTOCOL, TEXT_MAX } from '#dsl/wire/message.ts'
import type { StreamNews } from '#dsl/wire/message.ts'
import type { Place } from '#runtime/grant.ts'
import { answerCall } from './answer.ts'
import { bearerOf, isHolder } from './bearer.ts'
import type { Keys } from './bearer.ts'
import { converse } from './conversation.ts'
import type { Handler } from './conversation.ts'
import { createRoom } from './room.ts'
import type { Channel } from './streams.ts'

const LOOPBACK = '127.0.0.1'
const PING_MS = 5000
/** Pings in a row without an answer after which a client is gone. */
const PINGS_MISSED = 3
/** Time for a client to answer a closing handshake. */
const CLOSE_MS = 500
/** Bytes that may wait for a client that does not read; stream credit and events stay far below it. */
const BACKLOG_MAX = 33_554_432

export interface Laptop {
  readonly place: Place
  readonly grant: Grant
  readonly keys: Keys
}

export interface Listening {
  /** `ws://127.0.0.1:<port>/rpc`. */
  readonly url: string
  /** Ends every connection, and with them the calls in flight. */
  close(): Promise<void>
}

/** Port 0 is any free one. Faults: unavailable (the port is taken). */
export async function listen(laptop: Laptop, port: number): Promise<Listening> {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: TEXT_MAX,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  })
  const http = createServer((_, response) => {
    response.writeHead(404, { 'content-type': 'application/json' })
    response.end('{"error":{"code":"not_found","message":"This is a runtime: open a WebSocket at /rpc."}}')
  })
  const streams = counter()
  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => undefined)
    const refusal = refuse(request)
    if (refusal !== undefined) return void socket.end(`HTTP/1.1 ${refusal}\r\nconnection: close\r\n\r\n`)
    const allowed = isHolder(laptop.keys, bearerOf(request.headers))
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => undefined)
      client.pause()
      void allowed.then((yes) => {
        if (!yes) client.close(FAULTS.unauthenticated.ws, 'The token is missing, wrong or expired.')
        else attend(laptop, client, socket, streams)
        client.resume()
      })
    })
  })
  await new Promise<void>((resolve, reject) => {
    http.once('error', (cause) =>
      reject(new Fault('unavailable', `The port ${port} cannot be listened on. Is it taken?`, { cause })),
    )
    http.listen(port, LOOPBACK, resolve)
  })
  const { port: actual } = http.address() as AddressInfo
  return {
    url: `ws://${LOOPBACK}:${actual}/rpc`,
    close() {
      for (const client of sockets.clients) client.close(1001, 'The runtime ends.')
      const force = setTimeout(() => {
        for (const client of sockets.clients) client.terminate()
        http.closeAllConnections()
      }, CLOSE_MS)
      return new Promise((resolve) =>
        http.close(() => {
          clearTimeout(force)
          resolve()
        }),
      )
    },
  }
}

/** The status line of a refusal. Only a browser sends an Origin, and no page has business with a laptop's hands. */
function refuse({ headers, url }: IncomingMessage): string | undefined {
  if (headers.origin !== undefined) return '403 Forbidden'
  return url?.split('?')[0] === '/rpc' ? undefined : '404 Not Found'
}

function attend(laptop: Laptop, client: WebSocket, socket: Duplex, streams: () => number): void {
  const sinks: Channel['sinks'] = new Map()
  const room = createRoom(socket)
  const channel: Channel = {
    sendBinary(frame) {
      client.send(frame)
      return client.bufferedAmount === 0
    },
    room,
    news: (news: StreamNews) => conversation.news(news),
    sinks,
  }
  const handler: Handler = {
    async call({ op: name, input, signal, emit }) {
      const op = known(name)
      const call = { grant: laptop.grant, signal, channel, nextStream: streams, emit }
      return answerCall(laptop.place, op, { ...call, input: parseInput(op.name, doorInput(op), input) })
    },
    binary: (frame) => sinks.get(frameStream(frame))?.bytes(framePayload(frame)),
    stream: (frame) => sinks.get(frame.stream)?.control(frame),
  }
  const conversation = converse(
    {
      sendText(text) {
        if (client.bufferedAmount > BACKLOG_MAX) return client.terminate()
        client.send(text)
      },
      sendBinary: channel.sendBinary,
      drained: async () => room(),
      close: (fault) => client.close(FAULTS[fault.code].ws, fault.message.slice(0, 120)),
    },
    handler,
  )
  const heart = beat(client)
  client.on('message', (data: Buffer, binary: boolean) =>
    binary ? conversation.binary(data) : conversation.text(data.toString('utf8')),
  )
  client.once('close', () => {
    clearInterval(heart)
    conversation.end()
    for (const sink of [...sinks.values()]) sink.gone()
  })
}

/** Faults: not_found (no such op, or one that only a server answers). */
function known(name: string): Op {
  const op = findOp(name)
  if (!op) throw new Fault('not_found', `There is no op "${name}".`)
  if (op.runs === 'control')
    throw new Fault('not_found', `"${name}" is answered by a Chispart server, not by a runtime on a laptop.`)
  return op
}

function beat(client: WebSocket): NodeJS.Timeout {
  let missed = 0
  client.on('pong', () => (missed = 0))
  return setInterval(() => {
    if (missed >= PINGS_MISSED) return client.terminate()
    missed += 1
    client.ping()
  }, PING_MS)
}

function counter(): () => number {
  let last = 0
  return () => (last += 1)
}
