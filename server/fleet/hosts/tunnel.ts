// Bytes through a WebSocket as one stream, with its backpressure. It never looks at them.
import { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

/** Bytes of one message: far below what either side takes for too large. */
const MESSAGE_MAX = 65_536

/** Takes over an open socket: every message from now on is bytes. It ends with the socket, and the socket with it. */
export function tunnelOver(socket: WebSocket): Duplex {
  const stream = new Duplex({
    read: () => socket.resume(),
    write(chunk: Buffer, _, done) {
      let at = 0
      for (; chunk.length - at > MESSAGE_MAX; at += MESSAGE_MAX)
        socket.send(chunk.subarray(at, at + MESSAGE_MAX))
      socket.send(chunk.subarray(at), done)
    },
    final(done) {
      socket.close()
      done()
    },
    destroy(error, done) {
      socket.terminate()
      done(error)
    },
  })
  socket.on('message', (data: Buffer) => void (stream.push(data) || socket.pause()))
  socket.on('error', (error) => stream.destroy(error))
  socket.once('close', () => stream.destroy())
  return stream
}
