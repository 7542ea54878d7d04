// For tests: a server of control ops, as far as the CLI sees one. Ops are the real ones, over the powers that a test gives.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { findOp } from '#dsl/catalog.ts'
import { Fault, toFault } from '#dsl/fault.ts'
import { perform } from '#dsl/perform.ts'
import type { Powers } from '#dsl/powers/powers.ts'
import { SUBPROTOCOL, parseClientFrame } from '#dsl/wire/message.ts'
import type { ClientFrame } from '#dsl/wire/message.ts'

export interface TestServer {
  readonly url: string
  /** Names of the ops called so far. */
  readonly called: string[]
  /** Cuts every connection; new ones are taken. */
  drop(): void
  close(): Promise<void>
}

export async function openServer(powers: Partial<Powers>): Promise<TestServer> {
  const called: string[] = []
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => SUBPROTOCOL })
  await once(sockets, 'listening')
  sockets.on('connection', (socket) => {
    const flying = new Map<unknown, AbortController>()
    socket.on('message', (data: Buffer) => void take(socket, flying, parseClientFrame(data.toString())))
    socket.on('close', () => {
      for (const control of flying.values()) control.abort(new Fault('cancelled', 'The caller left.'))
    })
  })

  async function take(socket: WebSocket, flying: Map<unknown, AbortController>, frame: ClientFrame) {
    if (frame.kind === 'cancel') return flying.get(frame.id)?.abort(new Fault('cancelled', 'Cancelled.'))
    if (frame.kind !== 'call') return
    const { id, op: name, input } = frame
    const control = new AbortController()
    flying.set(id, control)
    called.push(name)
    const send = (reply: object) => socket.send(JSON.stringify({ id, ...reply }))
    try {
      const op = findOp(name)
      if (op === undefined) throw new Fault('not_found', `There is no op ${name}.`)
      const emit = (event: unknown) => Promise.resolve(send({ event }))
      send({ ...(await perform(op, { ...powers, signal: control.signal }, input, emit)), ok: true })
    } catch (error) {
      send({ ok: false, error: toFault(error).toJSON() })
    }
  }

  return {
    url: `http://127.0.0.1:${(sockets.address() as AddressInfo).port}`,
    called,
    drop: () => sockets.clients.forEach((socket) => socket.terminate()),
    async close() {
      sockets.clients.forEach((socket) => socket.terminate())
      await new Promise((resolve) => sockets.close(resolve))
    },
  }
}
