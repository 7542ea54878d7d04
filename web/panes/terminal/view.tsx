// The pane of one terminal: a screen, the session that feeds it, and what the person is told. It never talks to the server
// itself.
import { Match, Show, Switch, createEffect, createSignal, on, onCleanup, onMount } from 'solid-js'
import type { Link } from '#web/link/link.ts'
import type { TextKey } from '#web/text/say.ts'
import { safePaste, safeTitle } from './hostile.ts'
import type { Screen } from './screen.ts'
import { openTerminal } from './terminal.ts'
import type { Terminal as Session, TerminalState } from './terminal.ts'
import type { ThemeName } from './theme.ts'
import './terminal.css'

export interface TerminalProps {
  readonly link: Link
  readonly workspace: string
  readonly pty: string
  readonly theme: ThemeName
  /** CSS pixels. */
  readonly fontSize: number
  readonly t: (key: TextKey, values?: Record<string, string | number>) => string
  /** Whether keys should go here when it is drawn. */
  readonly focused?: boolean
  readonly onFocus?: () => void
  readonly onTitle?: (title: string) => void
  readonly onExit?: (exitCode: number) => void
}

export function Terminal(props: TerminalProps) {
  const [state, setState] = createSignal<TerminalState>({ kind: 'attaching' })
  const [foreign, setForeign] = createSignal(false)
  const [offer, setOffer] = createSignal<{ text: string; link: boolean }>()
  const place = (<div class="terminal-screen" />) as HTMLDivElement
  let screen: Screen | undefined
  let session: Session | undefined
  let gone = false

  async function open(): Promise<void> {
    const { openScreen } = await import('./screen.ts')
    if (gone) return
    const opened = (screen = openScreen({
      parent: place,
      theme: props.theme,
      fontSize: props.fontSize,
      onOffer: (text) => setOffer({ text, link: false }),
      onLink: (text) => setOffer({ text, link: true }),
    }))
    const size = opened.fits() ?? { cols: 80, rows: 24 }
    opened.resize(size)
    session = openTerminal({
      link: props.link,
      workspace: props.workspace,
      pty: props.pty,
      screen: opened,
      size,
      onState: see,
      onForeign: setForeign,
      onFault: (fault) => setState({ kind: 'failed', fault }),
    })
    opened.xterm.onData((text) => session?.type(text))
    opened.xterm.onBinary((text) => session?.type(Uint8Array.from(text, (char) => char.charCodeAt(0))))
    opened.xterm.onTitleChange((title) => tell(safeTitle(title)))
    if (props.focused) opened.xterm.focus()
  }

  function see(next: TerminalState): void {
    setState(next)
    if (next.kind === 'ended') props.onExit?.(next.exitCode)
  }

  function tell(title: string): void {
    props.onTitle?.(title)
  }

  function fit(): void {
    const size = screen?.fits()
    if (size) session?.fit(size)
  }

  function paste(event: ClipboardEvent): void {
    event.preventDefault()
    event.stopPropagation()
    screen?.xterm.paste(safePaste(event.clipboardData?.getData('text/plain') ?? ''))
  }

  onMount(() => {
    const resized = new ResizeObserver(fit)
    resized.observe(place)
    place.addEventListener('paste', paste, { capture: true })
    void open()
    onCleanup(() => {
      gone = true
      resized.disconnect()
      session?.close()
      screen?.dispose()
    })
  })
  createEffect(
    on(
      () => props.theme,
      (theme) => screen?.setTheme(theme),
      { defer: true },
    ),
  )
  createEffect(
    on(
      () => props.fontSize,
      (px) => {
        screen?.setFontSize(px)
        fit()
      },
      { defer: true },
    ),
  )
  createEffect(
    on(
      () => props.focused,
      (focused) => focused && screen?.xterm.focus(),
      { defer: true },
    ),
  )

  createEffect(() => place.classList.toggle('foreign', foreign()))

  const fault = () => {
    const now = state()
    return now.kind === 'failed' ? now.fault : undefined
  }
  const exitCode = () => {
    const now = state()
    return now.kind === 'ended' ? now.exitCode : undefined
  }

  return (
    <section class="terminal" aria-label={props.t('terminal.label')} onFocusIn={() => props.onFocus?.()}>
      {place}
      <Switch>
        <Match when={fault()}>
          {(fault) => (
            <div class="terminal-note" role="alert">
              <p>{fault().message}</p>
              <button class="button" type="button" onClick={() => session?.retry()}>
                {props.t('terminal.retry')}
              </button>
            </div>
          )}
        </Match>
        <Match when={exitCode() !== undefined}>
          <p class="terminal-note" role="status">
            {props.t('terminal.ended', { n: exitCode() ?? 0 })}
          </p>
        </Match>
        <Match when={state().kind === 'waiting'}>
          <p class="terminal-note" role="status">
            {props.t('terminal.waiting')}
          </p>
        </Match>
        <Match when={foreign()}>
          <div class="terminal-note" role="status">
            <p>{props.t('terminal.foreign')}</p>
            <button class="button" type="button" onClick={() => session?.claim()}>
              {props.t('terminal.fit')}
            </button>
          </div>
        </Match>
      </Switch>
      <Show when={offer()}>{(offer) => <p class="terminal-note">{offer().text}</p>}</Show>
    </section>
  )
}
