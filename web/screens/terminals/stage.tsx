// The stage: every terminal that was looked at, placed by its tab's splits. A terminal is drawn once and only ever moved.
import { For, Index, createEffect, createMemo, createSignal } from 'solid-js'
import { Terminal } from '#web/panes/terminal/view.tsx'
import { useApp } from '#web/state/app.ts'
import type { Commands } from '#web/state/commands.ts'
import { useFace } from '#web/state/face.ts'
import { tabOf } from '#web/state/layout.ts'
import { place } from '#web/state/place.ts'
import { clampFont } from '#web/state/preferences.ts'
import type { Rect } from '#web/state/place.ts'
import type { Terminals } from '#web/state/terminals.ts'
import { Divider } from './divider.tsx'

export interface StageProps {
  readonly terminals: Terminals
  readonly workspace: string
  readonly current: string | undefined
  /** A phone shows one terminal at a time, whatever the splits. */
  readonly phone: boolean
  readonly touch: boolean
  readonly onFocus: (pty: string) => void
  /** Takes up the commands of the pane that has the focus. */
  readonly offer: Commands['offer']
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
      {/* By place and not by value: a divider that is dragged is another split at every step. */}
      <Index each={shown().dividers}>
        {(divider) => (
          <Divider
            split={divider().split}
            rect={divider().rect}
            onShare={(share) => props.terminals.share(divider().split, share)}
            onLeave={() => focusTerminal()}
          />
        )}
      </Index>
    </div>
  )
}

function Pane(props: StageProps & { pty: string; rect: Rect | undefined }) {
  const { t, preferences } = useFace()
  const { link, call } = useApp()
  // A hidden terminal keeps its place, so that its program sees no other size.
  const rect = createMemo<Rect>((before) => props.rect ?? before, WHOLE)
  const focused = () => props.pty === props.current
  async function stillRuns(): Promise<boolean> {
    const { workspaces } = await call('workspace.list', {})
    return workspaces.some(({ id, state }) => id === props.workspace && state !== 'stopped')
  }
  /** Who says `exit` is done with it; a failure stays in sight. */
  function exit(exitCode: number): void {
    if (exitCode === 0) void props.terminals.close(props.pty)
    else void props.terminals.refresh()
  }
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
        name={props.terminals.nameOf(props.pty)}
        theme={preferences.theme()}
        fontSize={preferences.kept.fontSize}
        touch={props.touch}
        reader={preferences.kept.reader}
        t={t}
        focused={focused()}
        onFocus={() => props.onFocus(props.pty)}
        onTitle={(title) => props.terminals.title(props.pty, title)}
        onBell={() => props.terminals.ring(props.pty)}
        onFontSize={(px) => preferences.set({ fontSize: clampFont(px) })}
        onExit={(exitCode) => exit(exitCode)}
        onClose={() => void props.terminals.close(props.pty)}
        stillRuns={stillRuns}
        offer={props.offer}
      />
    </div>
  )
}

/** Gives the keyboard back to the terminal that had it. */
function focusTerminal(): void {
  document.querySelector<HTMLElement>('.pane.focused textarea')?.focus()
}

/** Gives the keyboard to the first divider: a terminal keeps Tab, so no key leads there. */
export function focusDivider(): void {
  document.querySelector<HTMLElement>('.divider')?.focus()
}

const percent = (part: number) => `${part * 100}%`
