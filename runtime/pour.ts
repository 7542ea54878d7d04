// Pours what a socket receives into another one through a few buffers that are used again and again: a third of the work of a
// stream's pipe. A buffer is used again only when all of it was handed to the kernel. It never reads a byte.
import { connect, Socket } from 'node:net'
import type { NetConnectOpts } from 'node:net'
import type { Duplex } from 'node:stream'

/** Of each connection at most, of which one is being filled and one is ready. */
const BUFFERS = 3
const SMALL = 65_536
/** Small ones that wait for the next connection: most have few bytes to carry. */
const SPARE_MAX = 32
/** For a connection that filled small ones so often in a row. */
const LARGE = 524_288
const GROWS_AFTER = 4
/** Connections of this process with large ones at a time: 48 MiB. */
const LARGE_MAX = 32

interface Pourer {
  into(sink: Duplex): void
}

const pourers = new WeakMap<Socket, Pourer>()
const spare: Buffer[] = []
let large = 0

/** A connection whose bytes are to be poured; it has no `data`. They wait until then. */
export function openPouring(options: NetConnectOpts): Socket {
  // Bun counts no bytes of such a socket, and this is what they are counted by.
  if (process.versions['bun'] !== undefined) return connect(options)
  const pourer = createPourer()
  const socket = connect({ ...options, onread: { buffer: pourer.next, callback: pourer.took } })
  pourers.set(socket, pourer)
  pourer.of(socket)
  return socket
}

/** All that comes from `from`, and its end. What was not opened for it is piped. */
export function pour(from: Socket, sink: Duplex): void {
  const pourer = pourers.get(from)
  if (pourer) pourer.into(sink)
  else from.pipe(sink)
}

function createPourer() {
  let size = SMALL
  /** Those that it has, and may have more of. */
  let count = 0
  const free: Buffer[] = []
  let filling: Buffer
  let filled = 0
  let socket: Socket | undefined
  let sink: Duplex | undefined
  /** What came before there was a sink. */
  let early: [buffer: Buffer, bytes: number] | undefined
  let isStopped = false
  let isOver = false

  const left = () => free.length + BUFFERS - count

  function next(): Buffer {
    // Reading stops while the last one is being filled, so that there always is one.
    filling = free.pop() ?? fresh()
    return filling
  }

  function fresh(): Buffer {
    count += 1
    return (size === SMALL ? spare.pop() : undefined) ?? Buffer.allocUnsafeSlow(size)
  }

  function took(bytes: number): boolean {
    if (sink === undefined) early = [filling, bytes]
    else send(sink, filling, bytes)
    isStopped = sink === undefined || left() < 2
    return !isStopped
  }

  function send(to: Duplex, buffer: Buffer, bytes: number): void {
    filled = bytes === buffer.length ? filled + 1 : 0
    if (filled === GROWS_AFTER && size === SMALL && large < LARGE_MAX) grow()
    let isFree = false
    const release = () => {
      if (isFree) return
      isFree = true
      giveBack(buffer)
      if (!isStopped || left() === 0) return
      isStopped = false
      socket?.resume()
    }
    // A stream that is no socket may keep what it was given.
    if (!(to instanceof Socket)) return void to.write(Buffer.copyBytesFrom(buffer, 0, bytes), release)
    to.write(buffer.subarray(0, bytes), release)
    if (to.writableLength === 0) release()
  }

  function giveBack(buffer: Buffer): void {
    if (!isOver && buffer.length === size) free.push(buffer)
    else if (buffer.length === SMALL && spare.length < SPARE_MAX) spare.push(buffer)
  }

  /** The small ones go as they are given back. */
  function grow(): void {
    large += 1
    size = LARGE
    count = 0
    for (const buffer of free.splice(0)) giveBack(buffer)
  }

  function over(): void {
    isOver = true
    if (size === LARGE) large -= 1
    for (const buffer of [...free.splice(0), filling]) giveBack(buffer)
  }

  return {
    next,
    took,
    of(own: Socket) {
      socket = own
      own.once('close', over)
    },
    into(to: Duplex) {
      sink = to
      const end = () => void to.end()
      if (socket?.readableEnded) return end()
      socket?.once('end', end)
      if (early === undefined) return
      isStopped = true
      send(to, ...early)
      early = undefined
    },
  }
}
