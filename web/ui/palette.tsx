// The palette: every command by name, one key away. The list is a combobox's, so a screen reader hears what is chosen.
import { Dialog as Ark } from '@ark-ui/solid/dialog'
import { For, Show, createEffect, createMemo, createSignal, on } from 'solid-js'
import { Portal } from 'solid-js/web'
import { faceOf, matching } from '#web/state/commands.ts'
import type { Command } from '#web/state/commands.ts'
import { useFace } from '#web/state/face.ts'
import { Icon } from './icon.tsx'

export interface PaletteProps {
  readonly open: boolean
  readonly commands: readonly Command[]
  readonly onClose: () => void
}

export function Palette(props: PaletteProps) {
  const { t } = useFace()
  let before: Element | null = null
  let chosen: Command | undefined
  // A command may move the focus, so it runs only once the focus is back where it was.
  function leave(): void {
    if (before instanceof HTMLElement) before.focus()
    chosen?.run()
    chosen = undefined
  }
  createEffect(() => props.open && (before = document.activeElement))
  return (
    <Ark.Root
      open={props.open}
      restoreFocus={false}
      onExitComplete={leave}
      lazyMount
      unmountOnExit
      aria-label={t('palette.title')}
      onOpenChange={(change) => !change.open && props.onClose()}
    >
      <Portal>
        <Ark.Backdrop class="veil" />
        <Ark.Positioner class="dialog-place palette-place">
          <Ark.Content class="dialog palette">
            <Search {...props} onChoose={(command) => (chosen = command)} />
          </Ark.Content>
        </Ark.Positioner>
      </Portal>
    </Ark.Root>
  )
}

function Search(props: PaletteProps & { onChoose: (command: Command) => void }) {
  const { t } = useFace()
  const [wish, setWish] = createSignal('')
  const [at, setAt] = createSignal(0)
  const named = createMemo(() =>
    props.commands.map((command) => ({ command, text: t(command.label, command.values ?? {}) })),
  )
  const found = createMemo(() => matching(named(), wish()))
  const optionId = (index: number) => `palette-${index}`
  createEffect(on(wish, () => setAt(0), { defer: true }))
  createEffect(() => document.getElementById(optionId(at()))?.scrollIntoView({ block: 'nearest' }))

  function choose(command: Command | undefined): void {
    if (!command) return
    props.onChoose(command)
    props.onClose()
  }
  function key(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === 'Enter') choose(found()[at()]?.command)
    else if (step) setAt((index) => (index + step + found().length) % Math.max(1, found().length))
    else return
    event.preventDefault()
  }

  return (
    <>
      <div class="palette-search">
        <Icon name="search" />
        <input
          role="combobox"
          aria-label={t('palette.title')}
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={found().length ? optionId(at()) : undefined}
          autocomplete="off"
          spellcheck={false}
          placeholder={t('palette.hint')}
          value={wish()}
          onInput={(event) => setWish(event.currentTarget.value)}
          onKeyDown={key}
        />
      </div>
      <ul id="palette-list" role="listbox" aria-label={t('palette.title')} tabindex="-1">
        <For each={found()}>
          {({ command, text }, index) => (
            <li
              id={optionId(index())}
              role="option"
              class="menu-item"
              aria-selected={index() === at()}
              onPointerMove={() => setAt(index())}
              onClick={() => choose(command)}
            >
              <Icon name={command.icon} />
              <span>{text}</span>
              <Show when={command.keys}>{(keys) => <kbd>{faceOf(keys())}</kbd>}</Show>
            </li>
          )}
        </For>
      </ul>
      <Show when={!found().length}>
        <p class="soft palette-none" role="status">
          {t('palette.none')}
        </p>
      </Show>
    </>
  )
}
