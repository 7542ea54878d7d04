// The sheet of a phone that switches between terminals.
import { A } from '@solidjs/router'
import { For } from 'solid-js'
import { useFace } from '#web/state/face.ts'
import { Dialog } from '#web/ui/dialog.tsx'
import { Icon } from '#web/ui/icon.tsx'
import type { TabsProps } from './tabs.tsx'

export interface SheetProps extends TabsProps {
  readonly open: boolean
  readonly all: readonly string[]
  readonly onClose: () => void
}

export function Sheet(props: SheetProps) {
  const { t } = useFace()
  return (
    <Dialog open={props.open} title={t('terminal.tabs')} onClose={() => props.onClose()}>
      <ul class="sheet-list">
        <For each={props.all}>
          {(pty) => (
            <li class="tab" classList={{ here: pty === props.current }}>
              <A
                class="tab-link"
                href={props.address(pty)}
                aria-current={pty === props.current ? 'page' : undefined}
                onClick={() => props.onClose()}
              >
                <Icon name="terminal" />
                <span class="tab-name">{props.terminals.nameOf(pty)}</span>
              </A>
              <button
                class="tab-close"
                aria-label={t('terminal.end.named', { name: props.terminals.nameOf(pty) })}
                onClick={() => void props.terminals.close(pty)}
              >
                <Icon name="close" />
              </button>
            </li>
          )}
        </For>
      </ul>
      <button
        class="button primary"
        onClick={() => {
          props.onClose()
          void props.terminals.open()
        }}
      >
        <Icon name="plus" />
        {t('terminal.new')}
      </button>
    </Dialog>
  )
}
