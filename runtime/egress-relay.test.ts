import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hasOnlyLoopback, relayEgress } from './egress-relay.ts'

let folder = ''
let relay: Server
const ends: (() => unknown)[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relay-'))
  relay = relayEgress(join(folder, 'egress.sock'), () => undefined, 0)
  await once(relay, 'listening')
})
afterEach(async () => {
  for (const end of ends.splice(0)) end()
  relay.close()
  await rm(folder, { recursive: true })
})

async function serve(answer: (socket: Socket) => void): Promise<void> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    ends.push(() => socket.destroy())
    answer(socket)
  })
  await once(server.listen(join(folder, 'egress.sock')), 'listening')
  ends.push(() => server.close())
}

async function enter(): Promise<Socket> {
  const { port } = relay.address() as AddressInfo
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  ends.push(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

async function readAll(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (chunk) => (text += String(chunk))).on('error', () => undefined)
  await Promise.race([once(socket, 'end'), once(socket, 'close')])
  return text
}

it('knows when there is nothing but the loopback device, and takes no chance when it cannot see', async () => {
  const devices = join(folder, 'dev')
  const head = 'Inter-|   Receive\n face |bytes    packets\n'
  const says = (...lines: string[]) => writeFile(devices, head + lines.join('\n'))
  await says('    lo: 168 1 0 0')
  expect(hasOnlyLoopback(devices)).toBe(true)
  await says('    lo: 168 1 0 0', '  eth0:1 2 3')
  expect(hasOnlyLoopback(devices)).toBe(false)
  await says()
  expect(hasOnlyLoopback(devices)).toBe(false)
  expect(hasOnlyLoopback(join(folder, 'none'))).toBe(false)
})

describe('the relay to the egress socket', () => {
  it('listens on the loopback address only', () => {
    expect(relay.address()).toMatchObject({ address: '127.0.0.1' })
  })

  it('passes bytes on as they are, and each end by itself', async () => {
    await serve((socket) => {
      const chunks: Buffer[] = []
      socket.on('data', (chunk: Buffer) => chunks.push(chunk))
      socket.on('end', () => socket.end(Buffer.concat(chunks).toString('latin1').toUpperCase()))
    })
    const socket = await enter()
    socket.end('all that I say')
    expect(await readAll(socket)).toBe('ALL THAT I SAY')
  })

  it('holds a sender back when nobody reads', async () => {
    await serve(() => undefined)
    const socket = await enter()
    let sent = 0
    while (sent < 64e6 && socket.write(Buffer.alloc(1e6))) sent += 1e6
    expect(sent).toBeLessThan(64e6)
  })

  it('says that the server is away', async () => {
    const socket = await enter()
    socket.write('CONNECT a:443 HTTP/1.1\r\n\r\n')
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 503 [\s\S]*reason=away\r\n[\s\S]*Try again/)
  })

  it('ends one connection when either side breaks, and no other', async () => {
    const peers: Socket[] = []
    await serve((socket) => peers.push(socket.on('error', () => undefined).resume()))
    const [broken, other] = [await enter(), await enter()]
    broken.write('x')
    other.write('y')
    while (peers.length < 2) await new Promise(setImmediate)
    const ended = readAll(broken)
    peers[0]?.destroy()
    await ended
    peers[1]?.end('still here')
    expect(await readAll(other)).toBe('still here')
  })

  it('tells of a port that somebody has, and ends nothing', async () => {
    const { port } = relay.address() as AddressInfo
    const [error] = await new Promise<[Error]>((resolve) => {
      const second = relayEgress(join(folder, 'egress.sock'), (failure) => resolve([failure]), port)
      ends.push(() => second.close())
    })
    expect(error.message).toContain('EADDRINUSE')
  })
})
