// Plays a recording: what was written by now is on the screen, forwards at any speed and backwards from the start. It knows
// neither the page nor the clock.
import type { Recording } from './recording.ts'

/** Longest step between two frames, in seconds: a page that was hidden goes on where it was. */
const FRAME_MAX = 0.25

export interface PlaybackOptions {
  readonly recording: Recording
  /** Draws a text; what is drawn is drawn in order. */
  readonly write: (text: string) => void
  /** Empties the screen, in order with what is written. */
  readonly reset: () => void
  /** Where it is and whether it goes on, after every change. */
  readonly onChange: (at: number, isPlaying: boolean) => void
  /** Calls back soon with a time in milliseconds, as requestAnimationFrame does. Answers what takes the wish back. */
  readonly frame: (callback: (ms: number) => void) => () => void
}

export interface Playback {
  /** From the start again when it was at its end. */
  play(): void
  pause(): void
  /** Seconds; what lies outside is the nearest end. */
  seek(at: number): void
  /** Times as fast as it was written. */
  setSpeed(speed: number): void
  close(): void
}

export function createPlayback({ recording, write, reset, onChange, frame }: PlaybackOptions): Playback {
  const { events, seconds } = recording
  let at = 0
  /** Events that are drawn. */
  let drawn = 0
  let speed = 1
  let last: number | undefined
  let cancel: (() => void) | undefined

  function draw(): void {
    let text = ''
    for (let next = events[drawn]; next && next.at <= at; next = events[drawn]) {
      text += next.text
      drawn += 1
    }
    if (text !== '') write(text)
  }

  function step(ms: number): void {
    at = Math.min(seconds, at + Math.min(FRAME_MAX, (ms - (last ?? ms)) / 1000) * speed)
    last = ms
    draw()
    cancel = at < seconds ? frame(step) : undefined
    onChange(at, cancel !== undefined)
  }

  function pause(): void {
    cancel?.()
    cancel = undefined
    onChange(at, false)
  }

  function seek(to: number): void {
    const wanted = Math.min(seconds, Math.max(0, to))
    if (wanted < at) {
      reset()
      drawn = 0
    }
    at = wanted
    draw()
    onChange(at, cancel !== undefined)
  }

  return {
    play() {
      if (cancel) return
      if (at >= seconds) seek(0)
      last = undefined
      cancel = frame(step)
      onChange(at, true)
    },
    pause,
    seek,
    setSpeed: (times) => void (speed = times),
    close: () => cancel?.(),
  }
}
