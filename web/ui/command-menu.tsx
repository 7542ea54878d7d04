// A button that opens commands as a menu.
import { Menu } from '@ark-ui/solid/menu'
import { Portal } from 'solid-js/web'
import type { Command } from '#web/state/commands.ts'
import { MenuItems } from './context-menu.tsx'
import { Icon } from './icon.tsx'

export function CommandMenu(props: { label: string; commands: readonly Command[] }) {
  return (
    <Menu.Root
      lazyMount
      unmountOnExit
      positioning={{ placement: 'bottom-end' }}
      onSelect={({ value }) => props.commands.find((command) => command.id === value)?.run()}
    >
      <Menu.Trigger class="button quiet square" aria-label={props.label} disabled={!props.commands.length}>
        <Icon name="more" />
      </Menu.Trigger>
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
