// The way home of a sandbox that shares no socket with its server: it listens inside and carries each connection over its own
// standard input and output, as a CONNECT of HTTP/2 (RFC 9113 §8.5). It reads nothing of what it carries, and ends with the
// server's end. It is a program of its own: only Node's modules may be imported here.
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { connect } from 'node:http2'
import type { ClientHttp2Session } from 'node:http2'
import { createServer, Socket } from 'node:net'
import { Duplex, PassThrough } from 'node:stream'

const CONTROL = '/run/chispart'
/** The sockets, and how many connections each has at most; past it the kernel's queue waits. */
const SOCKETS = { host: 64, egress: 256 }
/** Bytes on their way of one connection, and of all together. */
const WINDOW = 1_048_576
const SESSION_WINDOW = 4_194_304
const SESSION_MB = 64

/** It begins when both sockets listen, so that the server knows then that they do. */
const home = Promise.withResolvers<ClientHttp2Session>()

for (const [name, most] of Object.entries(SOCKETS)) {
  const path = `${CONTROL}/${name}.sock`
  // Of a tunnel before this one.
  rmSync(path, { force: true })
  const listener = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    void home.promise.then((session) => carry(session, name, socket))
  })
  listener.maxConnections = most
  await once(listener.listen({ path, readableAll: true, writableAll: true }), 'listening')
}

// Not process.stdout, which waits for a full pipe with everything else of this process.
const input = new Socket({ fd: 0, readable: true, writable: false })
const output = new Socket({ fd: 1, readable: false, writable: true })
/**
 * Room for what the other side's window lets go. While a write waits, Node reads nothing of the session, and two sides that
 * write much at once would wait for each other for ever.
 */
const room = new PassThrough({ highWaterMark: 2 * SESSION_WINDOW })
room.pipe(output)
const stdio = Duplex.from({ readable: input, writable: room })
const session = connect('http://server', {
  createConnection: () => stdio,
  settings: { initialWindowSize: WINDOW, enablePush: false },
  maxSessionMemory: SESSION_MB,
})
session.once('connect', () => session.setLocalWindowSize(SESSION_WINDOW))
session.once('close', () => process.exit(0))
session.once('error', () => process.exit(1))
input.once('end', () => process.exit(0))
home.resolve(session)

function carry(session: ClientHttp2Session, name: string, socket: Socket): void {
  const stream = session.request({ ':method': 'CONNECT', ':authority': name }, { endStream: false })
  // Who speaks first is not known, so nothing waits for the answer.
  socket.pipe(stream).pipe(socket)
  for (const [one, other] of [
    [socket, stream],
    [stream, socket],
  ] as const) {
    one.on('error', () => other.destroy())
    one.once('close', () => one.readableEnded || other.destroy())
  }
}
