// The link against a real WebSocket server that speaks the wire, on a real socket.
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { FRAME_HEADER, WINDOW_INITIAL, packFrame } from '#dsl/wire/frame.ts'
import { parseClientFrame } from '#dsl/wire/message.ts'
import type { ClientFrame } from '#dsl/wire/message.ts'
import { createLink } from './link.ts'
import type { Link } from './link.ts'
import { INPUT_MAX } from './stream.ts'

type Peer = { socket: WebSocket; next: () => Promise<ClientFrame | Buffer>; say: (frame: unknown) => void }

const open: { close: () => void }[] = []
afterEach(() => {
  for (const one of open.splice(0).reverse()) one.close()
})

/** A server that hands the test each connection and each frame in turn; it answers pings by itself. */
async function listen(port = 0) {
  const server = new WebSocketServer({ port, host: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  const peers = queue<Peer>()
  server.on('connection', (socket) => {
    const frames = queue<ClientFrame | Buffer>()
    const say = (frame: unknown) => socket.send(JSON.stringify(frame))
    socket.on('message', (data: Buffer, binary) => {
      const frame = binary ? data : parseClientFrame(data.toString())
      if (!Buffer.isBuffer(frame) && frame.kind === 'ping') return say({ pong: frame.value })
      frames.give(frame)
    })
    peers.give({ socket, next: frames.take, say })
  })
  const close = () => {
    for (const socket of server.clients) socket.terminate()
    server.close()
  }
  open.push({ close })
  return { port: (server.address() as AddressInfo).port, peer: peers.take, close }
}

function queue<T>() {
  const items: T[] = []
  const takers: ((item: T) => void)[] = []
  return {
    give(item: T) {
      const taker = takers.shift()
      if (taker) taker(item)
      else items.push(item)
    },
    take: () =>
      new Promise<T>((resolve) => {
        if (items.length > 0) resolve(items.shift() as T)
        else takers.push(resolve)
      }),
  }
}

function linkTo(port: number, returns: (listener: () => void) => () => void = () => () => undefined): Link {
  const socket = (url: string) => new WebSocket(url) as unknown as globalThis.WebSocket
  const link = createLink({ url: `ws://127.0.0.1:${port}/rpc`, socket, returns })
  open.push(link)
  return link
}

function until(link: Link, state: ReturnType<Link['state']>): Promise<void> {
  if (link.state() === state) return Promise.resolve()
  return new Promise((resolve) => {
    const stop = link.watch((now) => {
      if (now !== state) return
      stop()
      resolve()
    })
  })
}

async function callOf(peer: Peer): Promise<Extract<ClientFrame, { kind: 'call' }>> {
  const frame = await peer.next()
  if (Buffer.isBuffer(frame) || frame.kind !== 'call') throw new Error('The client sent no call.')
  return frame
}

describe('a call', () => {
  it('is answered by its id, and hands on its events', async () => {
    const server = await listen()
    const link = linkTo(server.port)
    const peer = await server.peer()
    const events: unknown[] = []
    const first = link.call('exec', { cmd: 'true' }, { onEvent: (event) => events.push(event) })
    const second = link.call('pty.list', { workspace: 'w' })
    const one = await callOf(peer)
    const two = await callOf(peer)
    expect(two).toMatchObject({ op: 'pty.list', input: { workspace: 'w' } })
    peer.say({ id: two.id, ok: true, ptys: [] })
    peer.say({ id: one.id, event: { type: 'stdout', data: 'x' } })
    peer.say({ id: one.id, ok: true, exitCode: 0 })
    expect(await second).toMatchObject({ ptys: [] })
    expect(await first).toMatchObject({ exitCode: 0 })
    expect(events).toEqual([{ type: 'stdout', data: 'x' }])
  })

  it('rejects with the fault that the server sent', async () => {
    const server = await listen()
    const call = linkTo(server.port).call('pty.close', { pty: 'p9' })
    const peer = await server.peer()
    const { id } = await callOf(peer)
    peer.say({ id, ok: false, error: { code: 'not_found', message: 'There is no terminal "p9" here.' } })
    await expect(call).rejects.toMatchObject({
      code: 'not_found',
      message: 'There is no terminal "p9" here.',
    })
  })

  it('made before there is a connection goes out once there is one', async () => {
    const server = await listen()
    const link = linkTo(server.port)
    expect(link.state()).toBe('reconnecting')
    const call = link.call('pty.list', {})
    const peer = await server.peer()
    const { id } = await callOf(peer)
    peer.say({ id, ok: true, ptys: [] })
    expect(await call).toMatchObject({ ptys: [] })
  })

  it('in flight when the connection breaks is a fault, and is not sent again', async () => {
    const server = await listen()
    const link = linkTo(server.port)
    const peer = await server.peer()
    const call = link.call('workspace.create', { name: 'a' })
    await callOf(peer)
    peer.socket.terminate()
    await expect(call).rejects.toMatchObject({ code: 'unavailable' })
    const back = await server.peer()
    const later = link.call('pty.list', {})
    const frame = await callOf(back)
    expect(frame.op).toBe('pty.list')
    back.say({ id: frame.id, ok: true, ptys: [] })
    await later
  })

  it('that is aborted is cancelled in the server too', async () => {
    const server = await listen()
    const control = new AbortController()
    const call = linkTo(server.port).call('exec', { cmd: 'sleep 9' }, { signal: control.signal })
    const peer = await server.peer()
    const { id } = await callOf(peer)
    control.abort()
    await expect(call).rejects.toMatchObject({ code: 'cancelled' })
    expect(await peer.next()).toEqual({ kind: 'cancel', id })
  })
})

describe('a link', () => {
  it('comes back after the server was away, and measures the round trip', async () => {
    const server = await listen()
    const link = linkTo(server.port)
    await server.peer()
    await until(link, 'online')
    server.close()
    await until(link, 'reconnecting')
    const again = await listen(server.port)
    const peer = await again.peer()
    const call = link.call('pty.list', {})
    const { id } = await callOf(peer)
    peer.say({ id, ok: true, ptys: [] })
    await call
    // The ping of a fresh connection went out before the call, and so its pong came before the answer.
    expect(link.rtt()).toBeGreaterThan(0)
  })

  it('is signed out by 4401 and stays so until it is told to reopen', async () => {
    const server = await listen()
    const link = linkTo(server.port)
    const peer = await server.peer()
    const call = link.call('pty.list', {})
    await callOf(peer)
    peer.socket.close(4401)
    await expect(call).rejects.toThrow()
    await until(link, 'signed-out')
    link.reopen()
    await server.peer()
    await until(link, 'online')
  })

  it('tries at once when the network is back, whatever the backoff says', async () => {
    let back = (): void => undefined
    const server = await listen()
    const link = linkTo(server.port, (listener) => {
      back = listener
      return () => undefined
    })
    const peer = await server.peer()
    await until(link, 'online')
    peer.socket.terminate()
    await until(link, 'reconnecting')
    back()
    await server.peer()
    await until(link, 'online')
  })
})

describe('a stream', () => {
  it('keeps bytes that were faster than its caller, and grants credit only as they are consumed', async () => {
    const server = await listen()
    const link = linkTo(server.port)
    const peer = await server.peer()
    await until(link, 'online')
    const flood = new Uint8Array(WINDOW_INITIAL).fill(7)
    peer.socket.send(packFrame(5, flood))
    const call = link.call('pty.list', {})
    const { id } = await callOf(peer)
    peer.say({ id, ok: true, ptys: [] })
    await call
    const got: { bytes: Uint8Array; consumed: () => void }[] = []
    const arrived = new Promise<void>((resolve) => {
      link.stream(5, {
        bytes(bytes, consumed) {
          got.push({ bytes, consumed })
          resolve()
        },
        news: () => undefined,
        lost: () => undefined,
      })
    })
    await arrived
    expect(got[0]?.bytes).toEqual(flood)
    got[0]?.consumed()
    expect(await peer.next()).toMatchObject({ kind: 'stream', stream: 5 })
  })

  it('sends a large paste whole, in order, and never past its credit', async () => {
    const server = await listen()
    const link = linkTo(server.port)
    const peer = await server.peer()
    await until(link, 'online')
    const paste = Uint8Array.from({ length: 1_048_576 }, (_, i) => (i * 7) % 251)
    const stream = link.stream(3, { bytes: () => undefined, news: () => undefined, lost: () => undefined })
    expect(stream.send(paste)).toBe(true)
    const pieces: Buffer[] = []
    let received = 0
    let granted = WINDOW_INITIAL
    while (received < paste.length) {
      const frame = await peer.next()
      if (!Buffer.isBuffer(frame)) continue
      pieces.push(frame.subarray(FRAME_HEADER))
      received += frame.length - FRAME_HEADER
      expect(received).toBeLessThanOrEqual(granted)
      if (received < granted) continue
      granted += 50_000
      peer.say({ stream: 3, credit: 50_000 })
    }
    expect(Buffer.concat(pieces).equals(Buffer.from(paste))).toBe(true)
    expect(stream.waiting()).toBe(0)
  })

  it('refuses input that a deaf program would let pile up', async () => {
    const server = await listen()
    const link = linkTo(server.port)
    await server.peer()
    await until(link, 'online')
    const stream = link.stream(4, { bytes: () => undefined, news: () => undefined, lost: () => undefined })
    expect(stream.send(new Uint8Array(INPUT_MAX))).toBe(true)
    expect(stream.send(new Uint8Array(WINDOW_INITIAL + 1))).toBe(false)
    stream.discard()
    expect(stream.send(new Uint8Array(INPUT_MAX))).toBe(true)
  })

  it('of a server that passes its credit is closed with a fault', async () => {
    const server = await listen()
    const link = linkTo(server.port)
    const peer = await server.peer()
    await until(link, 'online')
    const news = new Promise((resolve) => {
      link.stream(6, { bytes: () => undefined, news: resolve, lost: () => undefined })
    })
    peer.socket.send(packFrame(6, new Uint8Array(WINDOW_INITIAL)))
    peer.socket.send(packFrame(6, new Uint8Array(1)))
    expect(await news).toMatchObject({ stream: 6, error: { code: 'invalid' } })
    expect(await peer.next()).toMatchObject({ stream: 6, close: true })
  })

  it('is lost with the connection', async () => {
    const server = await listen()
    const link = linkTo(server.port)
    const peer = await server.peer()
    await until(link, 'online')
    const lost = new Promise<void>((resolve) => {
      link.stream(8, { bytes: () => undefined, news: () => undefined, lost: resolve })
    })
    peer.socket.terminate()
    await lost
  })
})
