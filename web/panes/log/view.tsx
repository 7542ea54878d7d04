// A log: numbered lines in their colours, a search, a link to each line, and its end in sight while it grows. It draws the
// lines in sight, and no others.
import { For, Show, createEffect, createMemo, createSignal, on, onCleanup, untrack } from 'solid-js'
import { useFace } from '#web/state/face.ts'
import type { LogLines } from './lines.ts'
import { createSearch, placeIn } from './search.ts'
import './log.css'

export interface LogViewProps {
  readonly lines: LogLines
  /** The address of a line. */
  readonly hrefOf: (line: number) => string
  /** The line that the page's address names. */
  readonly target: number | undefined
}

/** Pixels of a line, as in log.css. */
const LINE_PX = 20
/** Lines above and below that are drawn too, so that scrolling meets no gap. */
const SPARE = 15
/** Pixels from the end that still count as being there. */
const NEAR_PX = 24

export function LogView(props: LogViewProps) {
  const { t } = useFace()
  const [wanted, setWanted] = createSignal('')
  const [follows, setFollows] = createSignal(untrack(() => props.target === undefined))
  const [top, setTop] = createSignal(0)
  const [height, setHeight] = createSignal(640)
  // Another log is another view.
  const find = untrack(() => createSearch(props.lines))
  const found = createMemo(() => find(wanted().trim()))
  const total = () => found()?.length ?? props.lines.last() - props.lines.first() + 1
  const shown = createMemo(() => {
    const from = Math.max(0, Math.floor(top() / LINE_PX) - SPARE)
    const to = Math.min(total(), Math.ceil((top() + height()) / LINE_PX) + SPARE)
    const [numbers, first] = [found(), props.lines.first()]
    const places = Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)
    return places.map((place) => numbers?.[place] ?? first + place)
  })
  const placeOf = (number: number) => {
    const numbers = found()
    return numbers ? placeIn(numbers, number) : number - props.lines.first()
  }

  let box: HTMLElement | undefined
  function attach(element: HTMLElement): void {
    box = element
    const observer = new ResizeObserver(() => setHeight(element.clientHeight))
    observer.observe(element)
    onCleanup(() => observer.disconnect())
  }
  function scrolled(): void {
    if (!box) return
    setTop(box.scrollTop)
    setFollows(box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX)
  }
  /** Where the box is now, drawn at once: the event of scrolling comes a frame later. */
  function scrollTo(pixels: number): void {
    if (!box) return
    box.scrollTop = pixels
    setTop(box.scrollTop)
  }
  createEffect(() => {
    total()
    if (follows() && wanted() === '' && box) scrollTo(box.scrollHeight)
  })

  let sought: number | undefined
  function seek(): void {
    const { target } = props
    if (target === undefined || target === sought || props.lines.last() < target || !box) return
    sought = target
    setFollows(false)
    const first = props.lines.first()
    scrollTo((Math.max(first, target) - first) * LINE_PX - (box.clientHeight - LINE_PX) / 2)
    box.scrollIntoView({ block: 'nearest' })
  }
  createEffect(on([() => props.target, () => props.lines.last()], seek))
  /** Out of what was found, into its place among the others. */
  function choose(): void {
    sought = undefined
    setWanted('')
    seek()
  }

  return (
    <div class="log">
      <div class="log-tools field">
        <input
          type="search"
          aria-label={t('step.log.search')}
          placeholder={t('step.log.search')}
          value={wanted()}
          onInput={(event) => {
            setWanted(event.currentTarget.value)
            scrollTo(0)
          }}
        />
        <Show when={found()}>
          {(lines) => (
            <span class="soft" role="status">
              {lines().length === 1 ? t('step.log.found.one') : t('step.log.found', { n: lines().length })}
            </span>
          )}
        </Show>
        <Show when={!follows() && !found()}>
          <button class="button quiet" onClick={() => setFollows(true)}>
            {t('step.log.follow')}
          </button>
        </Show>
      </div>
      <Show when={props.lines.first() > 1}>
        <p class="soft">{t('step.log.cut', { n: props.lines.first() - 1 })}</p>
      </Show>
      <div
        class="log-box"
        ref={attach}
        onScroll={scrolled}
        tabindex="0"
        role="region"
        aria-label={t('step.log')}
      >
        <ol
          class="log-lines"
          aria-label={t('step.log')}
          style={{
            height: `${total() * LINE_PX}px`,
            'min-width': `calc(${props.lines.longest()}ch + 8ch)`,
          }}
        >
          <For each={shown()}>
            {(number) => (
              <Line
                lines={props.lines}
                number={number}
                top={placeOf(number) * LINE_PX}
                place={placeOf(number) + 1}
                total={total()}
                isTarget={number === props.target}
                href={props.hrefOf(number)}
                onChoose={choose}
              />
            )}
          </For>
        </ol>
      </div>
    </div>
  )
}

interface LineProps {
  readonly lines: LogLines
  readonly number: number
  readonly top: number
  readonly place: number
  readonly total: number
  readonly isTarget: boolean
  readonly href: string
  readonly onChoose: () => void
}

function Line(props: LineProps) {
  // Only the last line, and only until it is finished, is read again.
  const isOpen = createMemo(() => props.number > props.lines.finished())
  const pieces = createMemo(() => {
    if (isOpen()) props.lines.last()
    return props.lines.pieces(props.number)
  })
  return (
    <li
      style={{ top: `${props.top}px` }}
      aria-posinset={props.place}
      aria-setsize={props.total}
      aria-current={props.isTarget ? 'location' : undefined}
    >
      <a href={props.href} aria-hidden="true" tabindex="-1" onClick={() => props.onChoose()}>
        {props.number}
      </a>
      <code>
        <For each={pieces()}>{(piece) => <span class={piece.classes}>{piece.text}</span>}</For>
      </code>
    </li>
  )
}
