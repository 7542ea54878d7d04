// The proxy's tests stand on this: a real proxy whose sandboxes are sockets here, whose resolver is a table, and whose
// every dialled address leads to a server of the test. Only tests use it.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { AuditEvent } from '#server/events/audit.ts'
import type { GitRelay } from './git-relay.ts'
import { openSocket } from './dial.ts'
import { parseRule } from './host.ts'
import type { HostRule } from './host.ts'
import type { KeyedHosts } from './keyed-hosts.ts'
import { LIMITS } from './limits.ts'
import type { EgressLimits } from './limits.ts'
import { createEgress } from './proxy.ts'
import type { Egress } from './proxy.ts'
import type { Decision } from './visit.ts'

export const PUBLIC = '93.184.215.14'

export interface StageOptions {
  readonly allow?: readonly string[]
  readonly trusted?: readonly string[]
  readonly names?: Readonly<Record<string, readonly string[]>>
  readonly limits?: Partial<EgressLimits>
  readonly git?: GitRelay
  readonly keyed?: KeyedHosts
  /** What a policy leaves. */
  readonly within?: readonly string[]
  /** Where every address leads. */
  readonly host?: Server
}

export interface Stage {
  readonly egress: Egress
  readonly events: AuditEvent[]
  readonly decisions: (Decision & { workspace: string })[]
  /** Addresses that the proxy dialled, `address:port`. */
  readonly dialled: string[]
  /** Names that it asked for. */
  readonly asked: string[]
  /** A connection of the sandbox. */
  enter(workspace?: string): Promise<Socket>
  /** Resolves with the first audit row that fits. */
  audited(fits: (event: AuditEvent) => boolean): Promise<AuditEvent>
  close(): Promise<void>
}

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const {
    allow = ['ok.test', '*.wild.test', 'port.test:8443'],
    trusted = [],
    names = {},
    limits,
    git,
    keyed,
    within,
    host,
  } = options
  const events: AuditEvent[] = []
  const decisions: Stage['decisions'] = []
  const waiting = new Set<() => void>()
  const dialled: string[] = []
  const asked: string[] = []
  const own = rulesOf(trusted)
  const egress = createEgress({
    rules: () =>
      Promise.resolve({
        allow: [...rulesOf(allow), ...own],
        trusted: own,
        ...(within === undefined ? {} : { within: rulesOf(within) }),
      }),
    git,
    keyed,
    audit: {
      record(event) {
        events.push(event)
        for (const look of waiting) look()
      },
    },
    decided: (workspace, decision) => void decisions.push({ workspace, ...decision }),
    log: { error: (problem: unknown) => events.push({ action: 'log', outcome: JSON.stringify(problem) }) },
    resolve(name) {
      asked.push(name)
      return Promise.resolve(names[name] ?? [PUBLIC])
    },
    connect(address, port, pours) {
      dialled.push(`${address}:${port}`)
      const at = { port: host === undefined ? 1 : portOf(host), host: '127.0.0.1', allowHalfOpen: true }
      return openSocket(at, pours)
    },
    limits: { ...LIMITS, ...limits },
  })
  const doors = new Map<string, Server>()
  async function door(workspace: string): Promise<Server> {
    const known = doors.get(workspace)
    if (known !== undefined) return known
    const server = await listening(createServer({ allowHalfOpen: true }, (c) => egress.accept(workspace, c)))
    doors.set(workspace, server)
    return server
  }
  return {
    egress,
    events,
    decisions,
    dialled,
    asked,
    async enter(workspace = 'w1') {
      const socket = connect({ port: portOf(await door(workspace)), host: '127.0.0.1', allowHalfOpen: true })
      await once(socket, 'connect')
      return socket
    },
    audited: (fits) =>
      new Promise((resolve) => {
        const look = () => {
          const found = events.find(fits)
          if (found === undefined) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      }),
    async close() {
      await egress.close()
      for (const server of doors.values()) await new Promise((done) => server.close(done))
    },
  }
}

export async function listening<S extends Server>(server: S): Promise<S> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return server
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

/** All that comes until the other end is done. */
export async function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('error', () => socket.destroy())
  // It may be over before anybody listens.
  if (!socket.closed) await Promise.race([once(socket, 'end'), once(socket, 'close')])
  return Buffer.concat(chunks).toString('latin1')
}

function rulesOf(texts: readonly string[]): HostRule[] {
  return texts.flatMap((text) => parseRule(text) ?? [])
}

/** The smallest ClientHello that names a host, as one record. */
export function clientHello(name: string): Buffer {
  return tlsRecord(helloMessage(extension(0, list16(Buffer.from([0]), list16(Buffer.from(name))))))
}

export function helloMessage(...extensions: readonly Buffer[]): Buffer {
  const suites = list16(Buffer.from([0x13, 0x01]))
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32, 7),
    Buffer.from([0]),
    suites,
    Buffer.from([1, 0]),
    list16(...extensions),
  ])
  const header = Buffer.from([1, 0, 0, 0])
  header.writeUIntBE(body.length, 1, 3)
  return Buffer.concat([header, body])
}

export function extension(type: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type >> 8, type & 255]), list16(body)])
}

/** A vector with a u16 length. */
export function list16(...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([body.length >> 8, body.length & 255]), body])
}

export function tlsRecord(fragment: Buffer): Buffer {
  return Buffer.concat([Buffer.from([22, 3, 1]), list16(fragment)])
}
