// A dialog: titled, focus kept inside, closed by Escape or a press outside. It never opens by itself.
import { Dialog as Ark } from '@ark-ui/solid/dialog'
import { Show } from 'solid-js'
import type { JSX } from 'solid-js'
import { Portal } from 'solid-js/web'

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
    <Ark.Root
      open={props.open}
      role={props.role ?? 'dialog'}
      lazyMount
      unmountOnExit
      onOpenChange={(change) => !change.open && props.onClose()}
    >
      <Portal>
        <Ark.Backdrop class="veil" />
        <Ark.Positioner class="dialog-place">
          <Ark.Content class="dialog">
            <Ark.Title asChild={(title) => <h2 {...title()}>{props.title}</h2>} />
            <Show when={props.body}>
              <Ark.Description class="soft">{props.body}</Ark.Description>
            </Show>
            {props.children}
          </Ark.Content>
        </Ark.Positioner>
      </Portal>
    </Ark.Root>
  )
}
