// A dialog: titled, modal, closed by Escape, the back gesture or a press outside. The platform keeps the focus inside and
// gives it back. It never opens by itself.
import { Show, createUniqueId, onCleanup, onMount } from 'solid-js'
import type { JSX } from 'solid-js'
import { Portal } from 'solid-js/web'
import { useFace } from '#web/state/face.ts'
import { Icon } from './icon.tsx'

export interface DialogProps {
  readonly open: boolean
  readonly title: string
  readonly onClose: () => void
  readonly body?: JSX.Element
  readonly children: JSX.Element
  readonly role?: 'dialog' | 'alertdialog'
}

export function Dialog(props: DialogProps) {
  return (
    <Show when={props.open}>
      <Portal>
        <Modal {...props} />
      </Portal>
    </Show>
  )
}

function Modal(props: DialogProps) {
  const { t } = useFace()
  const id = createUniqueId()
  let dialog: HTMLDialogElement | undefined
  onMount(() => dialog?.showModal())
  // Only a dialog that is closed before it goes gives the focus back.
  onCleanup(() => dialog?.close())

  function pressed(event: MouseEvent): void {
    if (event.target === dialog) props.onClose()
  }
  return (
    <dialog
      ref={(element) => (dialog = element)}
      class="dialog"
      role={props.role ?? 'dialog'}
      aria-labelledby={`${id}-title`}
      aria-describedby={props.body ? `${id}-body` : undefined}
      // Whoever opened it closes it, and may have a reason not to.
      onCancel={(event) => {
        event.preventDefault()
        props.onClose()
      }}
      onPointerDown={pressed}
    >
      <div class="dialog-body">
        <h2 id={`${id}-title`}>{props.title}</h2>
        <Show when={props.body}>
          <p class="soft" id={`${id}-body`}>
            {props.body}
          </p>
        </Show>
        {props.children}
        <Show when={props.role !== 'alertdialog'}>
          <button
            class="button quiet square dialog-close"
            type="button"
            aria-label={t('close')}
            onClick={() => props.onClose()}
          >
            <Icon name="close" />
          </button>
        </Show>
      </div>
    </dialog>
  )
}
