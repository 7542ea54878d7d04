// A button that opens commands as a menu.
import { Menu } from '@ark-ui/solid/menu'
import { For, Show } from 'solid-js'
import { Portal } from 'solid-js/web'
import type { Command } from '#web/state/commands.ts'
import { useFace } from '#web/state/face.ts'
import { Icon } from './icon.tsx'

export function CommandMenu(props: { label: string; commands: readonly Command[] }) {
  const { t } = useFace()
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
          <Menu.Content class="menu">
            <For each={props.commands}>
              {(command) => (
                <Menu.Item class="menu-item" value={command.id}>
                  <Icon name={command.icon} />
                  <span>{t(command.label, command.values ?? {})}</span>
                  <Show when={command.keys}>{(keys) => <kbd>{keys()}</kbd>}</Show>
                </Menu.Item>
              )}
            </For>
          </Menu.Content>
        </Menu.Positioner>
      </Portal>
    </Menu.Root>
  )
}
