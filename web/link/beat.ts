// The heartbeat of the socket: measures the round trip and says when nobody answers. It never closes anything itself.

const EVERY_MS = 10_000
/** Milliseconds without any frame after a ping; a flood ahead of the pong is a sign of life too. */
const SILENCE_MAX = 5000

export interface Beat {
  start(): void
  stop(): void
  /** Pings at once. */
  now(): void
  /** Any frame arrived. */
  heard(): void
  pong(sentAt: number): void
  /** Milliseconds of the last round trip; undefined before the first. */
  rtt(): number | undefined
}

export function createBeat(send: (ping: number) => void, dead: () => void): Beat {
  let rtt: number | undefined
  let next: ReturnType<typeof setTimeout> | undefined
  let silence: ReturnType<typeof setTimeout> | undefined

  function heard(): void {
    clearTimeout(silence)
    silence = undefined
  }
  function now(): void {
    clearTimeout(next)
    next = setTimeout(now, EVERY_MS)
    silence ??= setTimeout(dead, SILENCE_MAX)
    send(performance.now())
  }
  return {
    start: now,
    stop() {
      clearTimeout(next)
      heard()
    },
    now,
    heard,
    pong(sentAt) {
      rtt = performance.now() - sentAt
    },
    rtt: () => rtt,
  }
}
