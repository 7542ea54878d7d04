// The pane of one terminal, as it looks: the screen, what lies over it, and below it what a person needs just now.
import { Match, Show, Switch, createSignal } from 'solid-js'
import { ContextMenu } from '#web/ui/context-menu.tsx'
import { Icon } from '#web/ui/icon.tsx'
import { clipboardCommands, contextCommands } from './actions.ts'
import { ExtraKeys } from './extra-keys.tsx'
import { Find } from './find.tsx'
import { Handles } from './handles.tsx'
import { Ending, Overlay } from './notes.tsx'
import { createPane } from './pane.ts'
import type { Pane, TerminalProps } from './pane.ts'
import type { Point } from './touch.ts'
import './terminal.css'

export function Terminal(props: TerminalProps) {
  const place = (<div class="terminal-screen" />) as HTMLDivElement
  const pane = createPane(props, place)
  const [menu, setMenu] = createSignal<Point>()
  // eslint-disable-next-line solid/reactivity -- Whoever lists the commands tracks what they depend on.
  props.offer(() => (props.focused ? clipboardCommands(pane) : []))

  function openMenu(event: MouseEvent): void {
    // A program that has the mouse has its right button too; Shift asks for ours, as in every terminal.
    const taken = pane.screen()?.xterm.modes.mouseTrackingMode !== 'none' && !event.shiftKey
    event.preventDefault()
    if (!taken) setMenu({ x: event.clientX, y: event.clientY })
  }
  function closeMenu(): void {
    setMenu(undefined)
    if (!pane.finding()) pane.focus()
  }
  function closeFind(): void {
    pane.find(false)
    pane.focus()
  }

  return (
    <section
      class="terminal"
      classList={{ finding: pane.finding() }}
      aria-label={`${props.t('terminal.label')} ${props.name}`}
      onFocusIn={() => props.onFocus()}
    >
      <Show when={pane.finding() && pane.screen()}>
        {(screen) => <Find search={screen().search} theme={props.theme} t={props.t} onClose={closeFind} />}
      </Show>
      <div class="terminal-place" onContextMenu={openMenu}>
        {place}
        <Show when={pane.selection.span() && pane.screen()}>
          {(screen) => (
            <Handles screen={screen()} span={pane.selection.span()!} onSpan={pane.selection.select} />
          )}
        </Show>
        <Overlay {...props} pane={pane} />
      </div>
      <Ending {...props} pane={pane} />
      <Show when={props.touch}>
        <Switch
          fallback={
            <ExtraKeys holds={pane.holds()} t={props.t} onKey={pane.extraKey} onModifier={pane.hold} />
          }
        >
          <Match when={pane.selection.selecting()}>
            <SelectionRow pane={pane} t={props.t} />
          </Match>
        </Switch>
      </Show>
      <ContextMenu
        at={menu()}
        label={props.t('terminal.actions')}
        commands={menu() ? contextCommands(pane) : []}
        onClose={closeMenu}
      />
    </section>
  )
}

/** Takes the place of the extra keys while a finger selects. */
function SelectionRow(props: { pane: Pane; t: TerminalProps['t'] }) {
  return (
    <div class="extra-keys selection" role="toolbar" aria-label={props.t('terminal.selection')}>
      <button type="button" disabled={!props.pane.selection.span()} onClick={() => props.pane.copy()}>
        {props.t('terminal.copy')}
      </button>
      <button type="button" onClick={() => props.pane.paste()}>
        {props.t('terminal.paste')}
      </button>
      <button type="button" onClick={() => props.pane.selection.all()}>
        {props.t('terminal.all')}
      </button>
      <button type="button" onClick={() => props.pane.find(true)}>
        {props.t('terminal.find.short')}
      </button>
      <button
        type="button"
        class="leave"
        aria-label={props.t('terminal.dismiss')}
        onClick={() => props.pane.selection.stop()}
      >
        <Icon name="close" />
      </button>
    </div>
  )
}
