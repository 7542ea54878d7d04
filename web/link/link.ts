// The page's one link to its server: a socket, the calls and the streams on it. It never shows anything.
import { createSignal, untrack } from 'solid-js'
import type { Accessor } from 'solid-js'
import { Fault } from '#dsl/fault.ts'
import { createBeat } from './beat.ts'
import { createCalls } from './call.ts'
import type { Call } from './call.ts'
import { readText } from './frame.ts'
import type { Frame } from './frame.ts'
import { openSocket } from './socket.ts'
import type { LinkState, SocketOptions } from './socket.ts'
import { createStreams } from './stream.ts'
import type { Streams } from './stream.ts'

export interface Link {
  /** A signal. `signed-out` lasts until `reopen`. */
  readonly state: Accessor<LinkState>
  /** As `state` says, for code that is not drawn: reading it tracks nothing. */
  readonly isOnline: () => boolean
  /** Milliseconds of the last round trip; a signal, undefined before the first. */
  readonly rtt: Accessor<number | undefined>
  readonly call: Call
  readonly stream: Streams['open']
  /** Calls the listener at every change of state; answers how to stop. */
  watch(listener: (state: LinkState) => void): () => void
  /** Connects anew at once: after signing in, or by a person's wish. */
  reopen(): void
  close(): void
}

/** Faults: none; a link that cannot connect goes on trying and says so by its state. */
export function createLink(options: SocketOptions): Link {
  const [state, setState] = createSignal<LinkState>('reconnecting')
  const [rtt, setRtt] = createSignal<number | undefined>()
  const listeners = new Set<(state: LinkState) => void>()
  const calls = createCalls((text) => socket.send(text))
  const streams = createStreams((frame) => socket.send(frame))
  const beat = createBeat(
    (ping) => socket.send(JSON.stringify({ ping })),
    () => socket.reopen(),
  )

  function turn(next: LinkState): void {
    beat.stop()
    if (next === 'online') beat.start()
    else {
      calls.lost()
      streams.lost()
    }
    if (next === 'signed-out') calls.refuse(signedOut())
    setState(next)
    for (const listener of [...listeners]) listener(next)
    if (next === 'online') calls.online()
  }

  function take(frame: Frame): void {
    beat.heard()
    if (typeof frame !== 'string') return streams.binary(frame)
    const incoming = readText(frame)
    if (incoming?.kind === 'answer') calls.answer(incoming.answer)
    else if (incoming?.kind === 'event') calls.event(incoming.id, incoming.event)
    else if (incoming?.kind === 'stream') streams.news(incoming.news)
    else if (incoming?.kind === 'pong') {
      beat.pong(incoming.value)
      setRtt(beat.rtt())
    }
  }

  const socket = openSocket(options, { state: turn, frame: take, doubt: beat.now })
  return {
    state,
    isOnline: () => untrack(state) === 'online',
    rtt,
    call: calls.call,
    stream: streams.open,
    watch(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    reopen: socket.reopen,
    close() {
      beat.stop()
      socket.close()
      calls.refuse(new Fault('unavailable', 'The link is closed.'))
    },
  }
}

/** The address of `/rpc` beside the page, by the page's own scheme. */
export function rpcUrl(page: { protocol: string; host: string }): string {
  return `${page.protocol === 'https:' ? 'wss:' : 'ws:'}//${page.host}/rpc`
}

function signedOut(): Fault {
  return new Fault('unauthenticated', 'This browser is signed out. Open a new one-time link.')
}
