// One terminal pane without its looks: a screen, the session that feeds it, and what a person does with both. It never
// talks to the server itself.
import { createEffect, createSignal, on, onCleanup, onMount } from 'solid-js'
import type { Command } from '#web/state/commands.ts'
import type { Link } from '#web/link/link.ts'
import type { TextKey } from '#web/text/say.ts'
import { copyText, readClipboard } from './clipboard.ts'
import { followFingers } from './fingers.ts'
import { safePaste, safeTitle } from './hostile.ts'
import { NO_HOLDS, encodeKey, modify, press, release } from './keys.ts'
import type { ExtraKey, Holds, Modifier } from './keys.ts'
import type { Screen } from './screen.ts'
import { createSelection } from './selection.ts'
import { readSoftKeyboard } from './soft-keyboard.ts'
import { openTerminal } from './terminal.ts'
import type { Terminal as Session, TerminalState } from './terminal.ts'
import type { ThemeName } from './theme.ts'

export interface TerminalProps {
  readonly link: Link
  readonly workspace: string
  readonly pty: string
  readonly name: string
  readonly theme: ThemeName
  /** CSS pixels. */
  readonly fontSize: number
  /** Fingers and an on-screen keyboard, rather than a mouse and keys. */
  readonly touch: boolean
  /** Whether a screen reader is to find the rows as text. */
  readonly reader: boolean
  readonly t: (key: TextKey, values?: Record<string, string | number>) => string
  /** Whether keys should go here when it is drawn. */
  readonly focused: boolean
  readonly onFocus: () => void
  readonly onTitle: (title: string) => void
  readonly onBell: () => void
  readonly onFontSize: (px: number) => void
  /** The program ended while it was looked at. */
  readonly onExit: (exitCode: number) => void
  readonly onClose: () => void
  /** Whether the workspace has not been stopped. */
  readonly stillRuns: () => Promise<boolean>
  /** Takes up this pane's commands, which are there while it has the focus. */
  readonly offer: (source: () => readonly Command[]) => void
}

export type Pane = ReturnType<typeof createPane>

/** Fetched while the terminal itself is being opened. */
const screenCode = import('./screen.ts')

export function createPane(props: TerminalProps, place: HTMLElement) {
  const [screen, setScreen] = createSignal<Screen>()
  const [state, setState] = createSignal<TerminalState>({ kind: 'attaching' })
  const [foreign, setForeign] = createSignal(false)
  const [complaint, setComplaint] = createSignal<string>()
  const [offered, setOffered] = createSignal<string>()
  const [target, setTarget] = createSignal<string>()
  const [holds, setHolds] = createSignal<Holds>(NO_HOLDS)
  const [finding, setFinding] = createSignal(false)
  const selection = createSelection(screen, () => props.touch)
  let session: Session | undefined
  let gone = false

  async function open(): Promise<void> {
    const { openScreen } = await screenCode
    if (gone) return
    const opened = await openScreen({
      parent: place,
      theme: props.theme,
      fontSize: props.fontSize,
      reader: props.reader,
      label: props.t('terminal.label'),
      answers: () => !foreign(),
      onOffer: setOffered,
      onLink: setTarget,
    })
    if (gone) return opened.dispose()
    setScreen(opened)
    const size = opened.fits() ?? { cols: 80, rows: 24 }
    opened.resize(size)
    listen(opened)
    session = openTerminal({
      link: props.link,
      workspace: props.workspace,
      pty: props.pty,
      screen: opened,
      size,
      stillRuns: props.stillRuns,
      onState: see,
      onForeign: setForeign,
      onFault: (fault) => setComplaint(fault.message),
    })
    if (props.focused) focus()
  }

  function listen({ xterm }: Screen): void {
    xterm.onData(typed)
    xterm.onBinary((text) => session?.type(Uint8Array.from(text, (char) => char.charCodeAt(0))))
    xterm.onTitleChange((title) => props.onTitle(safeTitle(title)))
    xterm.onBell(() => props.onBell())
    xterm.onSelectionChange(() => !xterm.hasSelection() && selection.dropped())
  }

  function see(next: TerminalState): void {
    const looked = state().kind === 'live'
    setState(next)
    if (next.kind === 'ended' && looked) props.onExit(next.exitCode)
  }

  function typed(text: string): void {
    if (selection.selecting()) selection.stop()
    session?.type(modify(text, holds()))
    if ([...text].length === 1) setHolds(release)
  }

  function extraKey(key: ExtraKey): void {
    const xterm = screen()?.xterm
    if (!xterm) return
    session?.type(encodeKey(key, holds(), xterm.modes.applicationCursorKeysMode))
    setHolds(release)
    xterm.scrollToBottom()
  }

  function fit(): void {
    const size = screen()?.fits()
    if (size) session?.fit(size)
  }

  function paste(text: string): void {
    screen()?.xterm.paste(safePaste(text))
    selection.stop()
  }

  async function copy(text = screen()?.xterm.getSelection() ?? ''): Promise<void> {
    if (text && !(await copyText(text))) setComplaint(props.t('terminal.copy.refused'))
    selection.stop()
  }

  async function pasteClipboard(): Promise<void> {
    const text = await readClipboard()
    if (text === undefined) setComplaint(props.t('terminal.paste.refused'))
    else paste(text)
    focus()
  }

  function focus(): void {
    // A terminal that appears does not take the keyboard from a dialog that a person has opened meanwhile.
    if (!document.activeElement?.closest('[role=dialog], [role=alertdialog]')) screen()?.xterm.focus()
  }

  onMount(() => {
    const stop = [
      watchPlace(place, {
        fit,
        paste,
        tap: () => selection.selecting() && !selection.span() && selection.stop(),
      }),
    ]
    if (props.touch)
      stop.push(
        readSoftKeyboard(place, (keys) => screen()?.xterm.input(keys)),
        fingers(),
      )
    void open()
    onCleanup(() => {
      gone = true
      for (const each of stop) each()
      session?.close()
      screen()?.dispose()
    })
  })

  const fingers = () =>
    followFingers(place, {
      screen,
      fontSize: () => props.fontSize,
      onFontSize: props.onFontSize,
      onHold: selection.holdAt,
    })

  const follow = <T>(source: () => T, act: (value: T) => void) =>
    createEffect(on(source, act, { defer: true }))
  follow(
    () => props.theme,
    (theme) => screen()?.setTheme(theme),
  )
  follow(
    () => props.reader,
    (reader) => screen()?.setReader(reader),
  )
  follow(
    () => props.fontSize,
    (px) => {
      screen()?.setFontSize(px)
      fit()
    },
  )
  follow(
    () => props.focused,
    (focused) => focused && focus(),
  )
  createEffect(() => place.classList.toggle('foreign', foreign()))

  return {
    screen,
    state,
    foreign,
    complaint,
    forgive: () => setComplaint(undefined),
    offered,
    /** The person's answer to a program's wish for the clipboard. */
    async answer(agreed: boolean) {
      const text = offered()
      setOffered(undefined)
      if (agreed && text !== undefined) await copy(text)
      focus()
    },
    target,
    holds,
    hold: (modifier: Modifier) => setHolds((before) => press(before, modifier)),
    extraKey,
    finding,
    find: setFinding,
    selection,
    copy: () => void copy().then(focus),
    copyAll: () => void copy(screen()?.text()).then(focus),
    paste: () => void pasteClipboard(),
    focus,
    claim: () => session?.claim(),
    retry: () => session?.retry(),
  }
}

interface PlaceEvents {
  fit(): void
  paste(text: string): void
  tap(): void
}

function watchPlace(place: HTMLElement, events: PlaceEvents): () => void {
  const stop = new AbortController()
  const early = { capture: true, signal: stop.signal }
  const resized = new ResizeObserver(() => events.fit())
  resized.observe(place)
  const paste = (event: ClipboardEvent) => {
    event.preventDefault()
    event.stopPropagation()
    events.paste(event.clipboardData?.getData('text/plain') ?? '')
  }
  place.addEventListener('paste', paste, early)
  place.addEventListener('mousedown', () => events.tap(), early)
  return () => {
    resized.disconnect()
    stop.abort()
  }
}
