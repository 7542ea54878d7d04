// The ways out of a container that shares no socket with this server: one program inside carries them over its standard input
// and output (runtime/tunnel.ts). It hands every connection over and never reads one.
import { once } from 'node:events'
import { performServerHandshake } from 'node:http2'
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { Duplex, PassThrough, pipeline } from 'node:stream'
import type { Transform } from 'node:stream'
import type { Container } from 'dockerode'
import type { SandboxExits } from '#server/fleet/driver.ts'
import type { OpenExits } from '#server/fleet/place/exits.ts'
import { NODE } from '#server/fleet/runtime-command.ts'
import { TUNNEL } from './container.ts'
import { inTime, within } from './engine.ts'
import { outputOnly } from './output.ts'

const READY_MS = 20_000
/** Bytes on their way of one connection, and of all together. */
const WINDOW = 1_048_576
const SESSION_WINDOW = 4_194_304
const SESSION_MB = 64
/** Of both sockets inside. */
const MAX_STREAMS = 320

export interface OpenTunnel extends OpenExits {
  /** Resolves when it has ended, by whomever. */
  readonly ended: Promise<void>
}

/** Resolves when both sockets listen inside. Faults: whatever the engine says. */
export async function openTunnel(container: Container, id: string, exits: SandboxExits): Promise<OpenTunnel> {
  // The container's root, without a capability: nobody else inside can put a socket in the place of these.
  const exec = await container.exec({
    Cmd: [NODE, TUNNEL],
    User: '0:0',
    Env: ['PATH=/usr/bin:/bin'],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    ...within(),
  })
  // It lasts: no signal of this request may end it.
  const stream = await inTime(exec.start({ hijack: true, stdin: true }))
  const session = performServerHandshake(stdioOf(stream), {
    settings: { initialWindowSize: WINDOW, maxConcurrentStreams: MAX_STREAMS },
    maxSessionMemory: SESSION_MB,
  })
  session.once('remoteSettings', () => session.setLocalWindowSize(SESSION_WINDOW))
  session.on('stream', (connection, headers) => hand(connection, headers, id, exits))
  // Its streams and its end tell what matters.
  session.on('error', () => undefined)
  const ended = new Promise<void>((done) => session.once('close', done))
  const close = async () => {
    session.destroy()
    stream.destroy()
    await ended
  }
  // It speaks once its sockets are there.
  const ready = once(session, 'remoteSettings', { signal: AbortSignal.timeout(READY_MS) })
  try {
    await Promise.race([ready, ended.then(() => Promise.reject(new Error('The tunnel ended at once.')))])
  } catch (error) {
    await close()
    throw error
  }
  return { ended, close }
}

function hand(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  id: string,
  exits: SandboxExits,
): void {
  stream.on('error', () => stream.destroy())
  const name = headers[':authority']
  if (headers[':method'] !== 'CONNECT' || (name !== 'host' && name !== 'egress')) {
    stream.respond({ ':status': 404 }, { endStream: true })
    return
  }
  stream.respond({ ':status': 200 })
  if (name === 'host') exits.link(id, stream)
  else exits.egress(id, stream)
}

function stdioOf(stream: Duplex): Duplex {
  const readable = pipeline(stream, outputOnly(), () => undefined) as Transform
  // Room for what the other side's window lets go: see there.
  const room = new PassThrough({ highWaterMark: 2 * SESSION_WINDOW })
  room.pipe(stream)
  return Duplex.from({ readable, writable: room })
}
