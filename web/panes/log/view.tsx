// A log: numbered lines in their colours, a search, a link to each line, and its end in sight while it grows.
import { For, Show, createEffect, createMemo, createSignal } from 'solid-js'
import { useFace } from '#web/state/face.ts'
import { linesOf } from './ansi.ts'
import type { Line } from './ansi.ts'
import './log.css'

export interface LogViewProps {
  readonly text: string
  /** What the addresses of its lines begin with: `tests/L`. */
  readonly anchor: string
}

/** Lines that are drawn at once; of more, the last. */
const DRAWN_MAX = 5000

export function LogView(props: LogViewProps) {
  const { t } = useFace()
  const [wanted, setWanted] = createSignal('')
  const [follows, setFollows] = createSignal(true)
  const lines = createMemo(() => {
    const all = linesOf(props.text)
    return all.at(-1)?.length === 0 ? all.slice(0, -1) : all
  })
  const shown = createMemo(() => find(lines(), wanted().toLowerCase()))
  let box: HTMLElement | undefined
  createEffect(() => {
    shown()
    if (follows() && wanted() === '' && box) box.scrollTop = box.scrollHeight
  })
  function scrolled(): void {
    if (box) setFollows(box.scrollHeight - box.scrollTop - box.clientHeight < 24)
  }

  return (
    <div class="log">
      <div class="log-tools field">
        <input
          type="search"
          aria-label={t('step.log.search')}
          placeholder={t('step.log.search')}
          value={wanted()}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
        <Show when={wanted()}>
          <span class="soft" role="status">
            {t('step.log.found', { n: shown().length })}
          </span>
        </Show>
        <Show when={!follows()}>
          <button class="button quiet" onClick={() => setFollows(true)}>
            {t('step.log.follow')}
          </button>
        </Show>
      </div>
      <ol
        class="log-lines"
        ref={(element) => (box = element)}
        onScroll={scrolled}
        tabindex="0"
        aria-label={t('step.log')}
      >
        <For each={shown()}>
          {({ line, number }) => (
            <li id={`${props.anchor}${number}`}>
              <a href={`#${props.anchor}${number}`} aria-hidden="true" tabindex="-1">
                {number}
              </a>
              <code>
                <For each={line}>{(piece) => <span class={piece.classes}>{piece.text}</span>}</For>
              </code>
            </li>
          )}
        </For>
      </ol>
    </div>
  )
}

interface Numbered {
  readonly line: Line
  readonly number: number
}

/** The last lines, or the first that hold what is looked for. */
function find(lines: readonly Line[], needle: string): Numbered[] {
  const numbered = lines.map((line, index) => ({ line, number: index + 1 }))
  if (needle === '') return numbered.slice(-DRAWN_MAX)
  const textOf = (line: Line) => line.map(({ text }) => text).join('')
  return numbered.filter(({ line }) => textOf(line).toLowerCase().includes(needle)).slice(0, DRAWN_MAX)
}
