// The two listening sockets of one sandbox. It hands every connection over and never reads one.
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { SandboxExits } from '#server/fleet/driver.ts'

/** More than an honest sandbox opens at once, its own link and one for each worker; past it the kernel's queue waits. */
const MAX_LINKS = 64
const MAX_EGRESS = 256

export interface OpenExits {
  /** Closes both sockets and every connection that came by them. */
  close(): Promise<void>
}

/** `control` is shown read-only inside: the sandbox can connect, but cannot put another socket in its place. */
export async function openExits(control: string, id: string, exits: SandboxExits): Promise<OpenExits> {
  await mkdir(control, { recursive: true, mode: 0o755 })
  // A socket's address has room for 107 bytes (unix(7)); by way of an open directory every path is short.
  const directory = await open(control, 'r')
  const sockets = new Set<Socket>()
  try {
    const link = await listen(directory, 'host.sock', MAX_LINKS, sockets, (stream) => exits.link(id, stream))
    const egress = await listen(directory, 'egress.sock', MAX_EGRESS, sockets, (stream) =>
      exits.egress(id, stream),
    )
    return { close: () => close([link, egress], sockets, directory) }
  } catch (error) {
    await directory.close()
    throw error
  }
}

async function listen(
  directory: FileHandle,
  name: string,
  maximum: number,
  sockets: Set<Socket>,
  hand: (stream: Duplex) => void,
): Promise<Server> {
  const path = `/proc/self/fd/${directory.fd}/${name}`
  await rm(path, { force: true })
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    // The one who got the stream hears of the error too; without a listener it would end the server.
    socket.on('error', () => socket.destroy())
    hand(socket)
  })
  server.maxConnections = maximum
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen({ path, readableAll: true, writableAll: true }, done)
  })
  return server
}

async function close(servers: readonly Server[], sockets: Set<Socket>, directory: FileHandle): Promise<void> {
  const closed = servers.map((server) => new Promise((done) => server.close(done)))
  for (const socket of sockets) socket.destroy()
  await Promise.all(closed)
  await directory.close()
}
