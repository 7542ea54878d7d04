// The stage: every terminal that was looked at, placed by its tab's splits. A terminal is drawn once and only ever moved.
import { For, createEffect, createMemo, createSignal } from 'solid-js'
import { Terminal } from '#web/panes/terminal/view.tsx'
import { useApp } from '#web/state/app.ts'
import { useFace } from '#web/state/face.ts'
import { tabOf } from '#web/state/layout.ts'
import { place } from '#web/state/place.ts'
import type { Rect } from '#web/state/place.ts'
import type { Terminals } from '#web/state/terminals.ts'
import { Divider } from './divider.tsx'

export interface StageProps {
  readonly terminals: Terminals
  readonly workspace: string
  readonly current: string | undefined
  /** A phone shows one terminal at a time, whatever the splits. */
  readonly phone: boolean
  readonly onFocus: (pty: string) => void
}

const WHOLE: Rect = { x: 0, y: 0, width: 1, height: 1 }

export function Stage(props: StageProps) {
  const [looked, setLooked] = createSignal<readonly string[]>([])
  const shown = createMemo(() => {
    const tab = props.terminals.tab()
    if (!tab) return { panes: [], dividers: [] }
    return props.phone
      ? { panes: [{ pty: props.current ?? tab.focus, rect: WHOLE }], dividers: [] }
      : place(tab.root)
  })
  const drawn = createMemo(() => looked().filter((pty) => tabOf(props.terminals.layout(), pty)))
  createEffect(() => {
    const fresh = shown().panes.map((pane) => pane.pty)
    setLooked((before) => [...before, ...fresh.filter((pty) => !before.includes(pty))])
  })
  const several = () => shown().panes.length > 1

  return (
    <div class="stage" classList={{ several: several() }}>
      <For each={drawn()}>
        {(pty) => <Pane {...props} pty={pty} rect={shown().panes.find((pane) => pane.pty === pty)?.rect} />}
      </For>
      <For each={shown().dividers}>
        {({ split, rect }) => (
          <Divider split={split} rect={rect} onShare={(share) => props.terminals.share(split, share)} />
        )}
      </For>
    </div>
  )
}

function Pane(props: StageProps & { pty: string; rect: Rect | undefined }) {
  const { t, preferences } = useFace()
  const { link } = useApp()
  // A hidden terminal keeps its place, so that its program sees no other size.
  const rect = createMemo<Rect>((before) => props.rect ?? before, WHOLE)
  const focused = () => props.pty === props.current
  return (
    <div
      class="pane"
      classList={{ focused: focused(), hidden: !props.rect }}
      inert={!props.rect}
      style={{
        left: percent(rect().x),
        top: percent(rect().y),
        width: percent(rect().width),
        height: percent(rect().height),
      }}
    >
      <Terminal
        link={link}
        workspace={props.workspace}
        pty={props.pty}
        theme={preferences.theme()}
        fontSize={preferences.kept.fontSize}
        t={t}
        focused={focused()}
        onFocus={() => props.onFocus(props.pty)}
        onExit={() => void props.terminals.refresh()}
      />
    </div>
  )
}

const percent = (part: number) => `${part * 100}%`
