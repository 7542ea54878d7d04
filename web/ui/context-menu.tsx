// Commands as a menu where the pointer is: the right mouse button, or the menu key.
import { Menu } from '@ark-ui/solid/menu'
import { For, Show } from 'solid-js'
import { Portal } from 'solid-js/web'
import { faceOf } from '#web/state/commands.ts'
import type { Command } from '#web/state/commands.ts'
import { useFace } from '#web/state/face.ts'
import { Icon } from './icon.tsx'

export interface ContextMenuProps {
  /** Where it opens, in CSS pixels of the window; closed while undefined. */
  readonly at: { readonly x: number; readonly y: number } | undefined
  readonly label: string
  readonly commands: readonly Command[]
  readonly onClose: () => void
}

export function ContextMenu(props: ContextMenuProps) {
  return (
    <Menu.Root
      lazyMount
      unmountOnExit
      aria-label={props.label}
      open={props.at !== undefined}
      positioning={{
        placement: 'bottom-start',
        getAnchorRect: () => ({ ...(props.at ?? ORIGIN), width: 0, height: 0 }),
      }}
      onOpenChange={({ open }) => !open && props.onClose()}
      onSelect={({ value }) => props.commands.find((command) => command.id === value)?.run()}
    >
      <Portal>
        <Menu.Positioner>
          <Menu.Content class="menu" aria-label={props.label}>
            <MenuItems commands={props.commands} />
          </Menu.Content>
        </Menu.Positioner>
      </Portal>
    </Menu.Root>
  )
}

const ORIGIN = { x: 0, y: 0 }

/** The entries of a menu of commands. */
export function MenuItems(props: { commands: readonly Command[] }) {
  const { t } = useFace()
  return (
    <For each={props.commands}>
      {(command) => (
        <Menu.Item class="menu-item" value={command.id}>
          <Icon name={command.icon} />
          <span>{t(command.label, command.values ?? {})}</span>
          <Show when={command.keys}>{(keys) => <kbd>{faceOf(keys())}</kbd>}</Show>
        </Menu.Item>
      )}
    </For>
  )
}
