// What a person is told about a terminal. What passes lies over the screen and never moves it; what stays is below it.
import { Match, Show, Switch } from 'solid-js'
import { createLater } from '#web/state/later.ts'
import type { Pane, TerminalProps } from './pane.ts'

interface NotesProps extends TerminalProps {
  readonly pane: Pane
}

/** Over the screen. */
export function Overlay(props: NotesProps) {
  const away = createLater(() => {
    const { kind } = props.pane.state()
    // A lost connection concerns the whole page, which says so once.
    return props.link.state() === 'online' && (kind === 'attaching' || kind === 'waiting')
  })
  return (
    <div class="terminal-overlay">
      <Show when={props.pane.target()}>{(url) => <p class="terminal-target">{url()}</p>}</Show>
      <Show when={props.pane.offered()}>{(text) => <Offer {...props} text={text()} />}</Show>
      <Show when={props.pane.complaint()}>
        {(complaint) => (
          <div class="terminal-card" role="alert">
            <p>{complaint()}</p>
            <button class="button" type="button" onClick={() => props.pane.forgive()}>
              {props.t('terminal.dismiss')}
            </button>
          </div>
        )}
      </Show>
      <Show when={away()}>
        <p class="terminal-chip" role="status">
          <span class="dot busy" />
          {props.t('terminal.opening')}
        </p>
      </Show>
      <Show when={props.pane.foreign() && props.pane.state().kind === 'live'}>
        <div class="terminal-chip" role="status">
          {props.t('terminal.foreign')}
          <button class="link-button" type="button" onClick={() => props.pane.claim()}>
            {props.t('terminal.fit')}
          </button>
        </div>
      </Show>
    </div>
  )
}

function Offer(props: NotesProps & { text: string }) {
  return (
    <div class="terminal-card" role="alertdialog" aria-label={props.t('terminal.offer')}>
      <p>{props.t('terminal.offer')}</p>
      <pre tabindex="0">{props.text}</pre>
      <div class="actions end">
        <button class="button quiet" type="button" onClick={() => void props.pane.answer(false)}>
          {props.t('terminal.dismiss')}
        </button>
        <button class="button primary" type="button" onClick={() => void props.pane.answer(true)}>
          {props.t('terminal.copy')}
        </button>
      </div>
    </div>
  )
}

/** Below the screen, once its program is over or out of reach. */
export function Ending(props: NotesProps) {
  const fault = () => {
    const now = props.pane.state()
    return now.kind === 'failed' ? now.fault : undefined
  }
  const exitCode = () => {
    const now = props.pane.state()
    return now.kind === 'ended' ? now.exitCode : undefined
  }
  return (
    <Switch>
      <Match when={fault()}>
        {(fault) => (
          <div class="terminal-note" role="alert">
            <p>{fault().message}</p>
            <button class="button" type="button" onClick={() => props.pane.retry()}>
              {props.t('terminal.retry')}
            </button>
          </div>
        )}
      </Match>
      <Match when={exitCode() !== undefined}>
        <div class="terminal-note" role="status">
          <p>{props.t('terminal.ended', { n: exitCode() ?? 0 })}</p>
          <button class="button" type="button" onClick={() => props.onClose()}>
            {props.t('terminal.end')}
          </button>
        </div>
      </Match>
    </Switch>
  )
}
