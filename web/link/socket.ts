// One WebSocket for the whole page: opens it, notices when it is gone, opens it again. It never reads a frame.
import { FAULTS } from '#dsl/fault.ts'
import type { Frame } from './frame.ts'

export type LinkState = 'online' | 'reconnecting' | 'signed-out'

const BACKOFF_MIN = 100
const BACKOFF_MAX = 5000
/** Milliseconds that an opening socket may take. */
const OPEN_MAX = 10_000

export interface SocketOptions {
  /** `ws://` or `wss://`; the browser sends the session's cookie along. */
  readonly url: string
  /** Makes the socket; the browser's own unless a test brings another. */
  readonly socket?: (url: string) => WebSocket
  /** Calls its listener when the network or the person is back; answers how to stop. */
  readonly returns?: (listener: () => void) => () => void
}

export interface SocketEvents {
  state(state: LinkState): void
  frame(frame: Frame): void
  /** The network or the person is back while the socket looks open: it may be dead all the same. */
  doubt(): void
}

export interface Socket {
  /** Sends at once, or answers false when there is no connection. */
  send(frame: Frame): boolean
  /** Gives the connection up and opens another at once; also the way back from `signed-out`. */
  reopen(): void
  close(): void
}

/** Milliseconds to wait before an attempt: doubled each time, with jitter so that a herd of pages spreads out. */
export function backoffOf(attempt: number, random: number): number {
  return Math.min(BACKOFF_MAX, BACKOFF_MIN * 2 ** attempt) * (0.5 + random / 2)
}

export function openSocket(options: SocketOptions, events: SocketEvents): Socket {
  const make = options.socket ?? ((url) => new WebSocket(url))
  const stopListening = (options.returns ?? onReturn)(back)
  let state: LinkState = 'reconnecting'
  let current: WebSocket | undefined
  let attempt = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function turn(next: LinkState): void {
    if (state === next) return
    state = next
    events.state(next)
  }

  function open(): void {
    clearTimeout(timer)
    const socket = (current = make(options.url))
    const mine = () => current === socket
    socket.binaryType = 'arraybuffer'
    timer = setTimeout(() => mine() && lose(), OPEN_MAX)
    socket.addEventListener('open', () => {
      if (!mine()) return
      clearTimeout(timer)
      turn('online')
    })
    socket.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (!mine()) return
      attempt = 0
      events.frame(typeof data === 'string' ? data : new Uint8Array(data))
    })
    socket.addEventListener('close', ({ code }) => mine() && lose(code))
    // Its `close` follows and says all there is to know.
    socket.addEventListener('error', () => undefined)
  }

  /** A dead connection's own `close` can be minutes away, so it is let go of rather than waited for. */
  function leave(): void {
    clearTimeout(timer)
    const socket = current
    current = undefined
    socket?.close()
  }

  function lose(code?: number): void {
    leave()
    if (code === FAULTS.unauthenticated.ws) return turn('signed-out')
    timer = setTimeout(open, backoffOf(attempt++, Math.random()))
    turn('reconnecting')
  }

  function back(): void {
    if (state === 'online') return events.doubt()
    if (state === 'reconnecting' && current?.readyState !== 0) reopen()
  }

  function reopen(): void {
    leave()
    attempt = 0
    turn('reconnecting')
    open()
  }

  open()
  return {
    send(frame) {
      if (state !== 'online' || current?.readyState !== 1) return false
      // A view of shared memory is the only kind that a socket refuses, and nothing here shares memory.
      current.send(frame as string | Uint8Array<ArrayBuffer>)
      return true
    },
    reopen,
    close() {
      stopListening()
      leave()
      turn('reconnecting')
    },
  }
}

function onReturn(listener: () => void): () => void {
  const seen = () => document.visibilityState === 'visible' && listener()
  addEventListener('online', listener)
  document.addEventListener('visibilitychange', seen)
  return () => {
    removeEventListener('online', listener)
    document.removeEventListener('visibilitychange', seen)
  }
}
