import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPlayback } from './playback.ts'
import { PAUSE_MAX, readRecording } from './recording.ts'
import type { Recording } from './recording.ts'

const HEADER = '{"version":2,"width":80,"height":24,"env":{"TERM":"xterm"}}'
const cast = (...events: unknown[]) => [HEADER, ...events.map((event) => JSON.stringify(event))].join('\n')

describe('a recording', () => {
  it('is the size of its screen and what was written when, without what was typed', () => {
    const text = cast([0, 'o', 'a'], [0.5, 'i', 'secret'], [1, 'o', 'b\r\n'])
    expect(readRecording(text)).toEqual({
      size: { cols: 80, rows: 24 },
      seconds: 1,
      events: [
        { at: 0, text: 'a' },
        { at: 1, text: 'b\r\n' },
      ],
    })
  })

  it('does not wait long where nothing happened', () => {
    expect(readRecording(cast([1, 'o', 'a'], [3601, 'o', 'b']))?.seconds).toBe(1 + PAUSE_MAX)
  })

  it('is read up to a line that was cut off', () => {
    expect(readRecording(`${cast([0, 'o', 'a'])}\n[1,"o","b`)?.events).toHaveLength(1)
  })

  it.each(['', '{}', '{"version":3,"width":1,"height":1}', '{"version":2,"width":99999,"height":24}', '[1]'])(
    'is not %s',
    (text) => expect(readRecording(text)).toBeUndefined(),
  )
})

/** A clock that is turned by hand, and what is on the screen. */
function stage(recording: Recording) {
  let screen = ''
  let state = { at: 0, isPlaying: false }
  let now = 0
  let asked: ((ms: number) => void) | undefined
  const playback = createPlayback({
    recording,
    write: (text) => (screen += text),
    reset: () => (screen = ''),
    onChange: (at, isPlaying) => (state = { at, isPlaying }),
    frame(callback) {
      asked = callback
      return () => (asked = undefined)
    },
  })
  const pass = (seconds: number) => {
    for (let left = seconds * 10; left > 0; left--) {
      now += 100
      const callback = asked
      asked = undefined
      callback?.(now)
    }
  }
  return { playback, pass, screen: () => screen, state: () => state, isAsked: () => asked !== undefined }
}

const RECORDING: Recording = {
  size: { cols: 80, rows: 24 },
  seconds: 2,
  events: [0, 1, 2].map((at) => ({ at, text: String(at) })),
}

describe('playing', () => {
  it('draws everything once, in time, and asks for no frame after its end', () => {
    const { playback, pass, screen, state, isAsked } = stage(RECORDING)
    playback.play()
    pass(0.1)
    expect([screen(), state().isPlaying]).toEqual(['0', true])
    pass(1.1)
    expect(screen()).toBe('01')
    pass(5)
    expect([screen(), state(), isAsked()]).toEqual(['012', { at: 2, isPlaying: false }, false])
  })

  it('stands still while it is paused, and begins again after its end', () => {
    const { playback, pass, screen } = stage(RECORDING)
    playback.play()
    pass(1.2)
    playback.pause()
    pass(5)
    expect(screen()).toBe('01')
    playback.seek(2)
    playback.play()
    pass(0.1)
    expect(screen()).toBe('0')
  })

  it('goes as fast as it is asked to, and on where it was when the page was away', () => {
    const { playback, pass, state } = stage(RECORDING)
    playback.setSpeed(2)
    playback.play()
    pass(0.6)
    expect(state().at).toBeCloseTo(1)
  })

  it('shows at each place what was written until then, wherever it was before', () => {
    const text = fc.record({ at: fc.nat(100), text: fc.string() })
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), fc.array(fc.nat(120)), (written, places) => {
        const events = written.toSorted((a, b) => a.at - b.at)
        const { playback, screen } = stage({ ...RECORDING, events, seconds: events.at(-1)?.at ?? 0 })
        for (const place of places) {
          playback.seek(place)
          const until = events.filter(({ at }) => at <= place).map((event) => event.text)
          expect(screen()).toBe(until.join(''))
        }
      }),
    )
  })
})
