// The player of a recording: a terminal nobody types into, and below it what every player has. What is drawn was printed by
// a stranger and is guarded as in a live terminal.
import { For, Show, createEffect, createResource, createSignal, onCleanup, onMount } from 'solid-js'
import { Fault, toFault } from '#dsl/fault.ts'
import { useFace } from '#web/state/face.ts'
import { duration } from '#web/text/time.ts'
import { Icon } from '#web/ui/icon.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'
import { createPlayback } from './playback.ts'
import type { Playback } from './playback.ts'
import { readRecording } from './recording.ts'
import type { Recording } from './recording.ts'
import { openScreen } from './screen.ts'
import type { Screen } from './screen.ts'
import './player.css'

export interface PlayerProps {
  readonly name: string
  /** A signed address of this server. */
  readonly address: () => Promise<string>
}

const SPEEDS = [0.5, 1, 2, 4, 8] as const
/** Pixels of the letters: smaller ones cannot be read, and then the screen scrolls sideways. */
const LETTERS = { least: 8, most: 14 }
/** Width of a cell in letter sizes, as monospace fonts have it. */
const CELL = 0.602
/** Wipes screen, scrollback and modes (RIS). */
const RESET = '\x1bc'

export function Player(props: PlayerProps) {
  const gone = new AbortController()
  onCleanup(() => gone.abort())
  const [recording] = createResource(() => fetchRecording(props.address, gone.signal))
  return (
    <div class="player" role="region" aria-label={props.name}>
      <Show when={recording.error as unknown}>{(error) => <FaultNotice fault={toFault(error())} />}</Show>
      <Show when={recording.error === undefined && recording()}>
        {(loaded) => <Deck name={props.name} recording={loaded()} />}
      </Show>
    </div>
  )
}

function Deck(props: { name: string; recording: Recording }) {
  const { t, preferences } = useFace()
  const place = (<div class="player-screen" />) as HTMLDivElement
  const [screen, setScreen] = createSignal<Screen>()
  const [at, setAt] = createSignal(0)
  const [isPlaying, setPlaying] = createSignal(false)
  let playback: Playback | undefined
  let gone = false

  onMount(() => void open())
  onCleanup(() => {
    gone = true
    playback?.close()
    screen()?.dispose()
  })
  createEffect(() => screen()?.setTheme(preferences.theme()))

  async function open(): Promise<void> {
    const { size, seconds } = props.recording
    const fits = Math.floor(place.clientWidth / (size.cols * CELL))
    const opened = await openScreen({
      parent: place,
      theme: preferences.theme(),
      fontSize: Math.min(LETTERS.most, Math.max(LETTERS.least, fits)),
      reader: preferences.kept.reader,
      label: t('player.screen', { name: props.name }),
      answers: () => false,
      onOffer: () => undefined,
      onLink: () => undefined,
    })
    if (gone) return opened.dispose()
    opened.xterm.options.disableStdin = true
    opened.resize(size)
    setScreen(opened)
    playback = createPlayback({
      recording: props.recording,
      write: (text) => opened.write(text),
      reset: () => opened.write(RESET),
      frame,
      onChange(now, goesOn) {
        setAt(now)
        setPlaying(goesOn)
      },
    })
    if (isCalm()) playback.seek(seconds)
    else playback.play()
  }

  return (
    <>
      {place}
      <Show when={screen()}>
        <div class="player-bar">
          <button
            class="button quiet"
            aria-label={t(isPlaying() ? 'player.pause' : 'player.play')}
            onClick={() => (isPlaying() ? playback?.pause() : playback?.play())}
          >
            <Icon name={isPlaying() ? 'pause' : 'play'} />
          </button>
          <input
            type="range"
            min="0"
            max={props.recording.seconds}
            step="any"
            value={at()}
            aria-label={t('player.place')}
            aria-valuetext={said(at())}
            onInput={(event) => playback?.seek(event.currentTarget.valueAsNumber)}
          />
          <span class="player-time">
            {said(at())} / {said(props.recording.seconds)}
          </span>
          <select
            aria-label={t('player.speed')}
            onChange={(event) => playback?.setSpeed(Number(event.currentTarget.value))}
          >
            <For each={SPEEDS}>
              {(speed) => (
                <option value={speed} selected={speed === 1}>
                  {speed}×
                </option>
              )}
            </For>
          </select>
        </div>
      </Show>
    </>
  )
}

/** Faults: as the server says; invalid. */
async function fetchRecording(address: () => Promise<string>, signal: AbortSignal): Promise<Recording> {
  const response = await fetch(await address(), { signal, credentials: 'omit' })
  if (!response.ok) throw new Error(`The server answered with status ${response.status}.`)
  const recording = readRecording(await response.text())
  if (recording) return recording
  throw new Fault('invalid', 'This is no recording (asciicast v2). The download has it as it is.')
}

const said = (seconds: number) => duration(seconds * 1000)

function frame(callback: (ms: number) => void): () => void {
  const id = requestAnimationFrame(callback)
  return () => cancelAnimationFrame(id)
}

/** Who wants nothing to move sees the end, and may still play it. */
const isCalm = () => matchMedia('(prefers-reduced-motion: reduce)').matches
