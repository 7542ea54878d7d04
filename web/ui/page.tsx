// The frame of a screen that is read: its title, also the document's, what it is for, and what can be done first.
import { Show, createEffect } from 'solid-js'
import type { JSX } from 'solid-js'

export interface PageProps {
  readonly title: string
  readonly body?: string
  /** Buttons beside the title. */
  readonly actions?: JSX.Element
  /** For a screen whose parts stand side by side. */
  readonly wide?: boolean
  readonly children: JSX.Element
}

export function Page(props: PageProps) {
  createEffect(() => (document.title = `${props.title} · Chispart`))
  return (
    <div class="page" classList={{ wide: props.wide === true }}>
      <header class="page-head">
        <div>
          <h1>{props.title}</h1>
          <Show when={props.body}>
            <p class="soft">{props.body}</p>
          </Show>
        </div>
        <Show when={props.actions}>
          <div class="actions">{props.actions}</div>
        </Show>
      </header>
      {props.children}
    </div>
  )
}
