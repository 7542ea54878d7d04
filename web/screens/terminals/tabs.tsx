// The tabs: links, because every tab has an address. On a phone they fold into a sheet behind one button.
import { A } from '@solidjs/router'
import { For, Show, createEffect, createSignal } from 'solid-js'
import { useFace } from '#web/state/face.ts'
import type { Command, Commands } from '#web/state/commands.ts'
import { terminalsOf } from '#web/state/layout.ts'
import type { Tab } from '#web/state/layout.ts'
import type { Terminals } from '#web/state/terminals.ts'
import { Icon } from '#web/ui/icon.tsx'
import { CommandMenu } from '#web/ui/command-menu.tsx'
import { Sheet } from './sheet.tsx'

export interface TabsProps {
  readonly terminals: Terminals
  readonly current: string | undefined
  readonly address: (pty: string) => string
  readonly phone: boolean
  readonly onRename: (pty: string) => void
  readonly commands: Commands
}

export function Tabs(props: TabsProps) {
  const { t } = useFace()
  const actions = () =>
    props.commands
      .all()
      .filter((command) => MENU.includes(command.id))
      .sort(byMenu)
  return (
    <div class="tabs">
      <Show when={!props.phone} fallback={<Folded {...props} />}>
        <nav aria-label={t('terminal.tabs')}>
          <ul>
            <For each={props.terminals.layout()}>{(tab) => <TabLink {...props} tab={tab} />}</For>
          </ul>
        </nav>
      </Show>
      <button
        class="button quiet square new"
        aria-label={t('terminal.new')}
        disabled={props.terminals.busy()}
        onClick={() => void props.terminals.open()}
      >
        <Icon name="plus" />
      </button>
      <button
        class="button quiet square all"
        aria-label={t('palette.open')}
        title={`${t('palette.open')} (Ctrl+Shift+P)`}
        onClick={() => props.commands.setOpen(true)}
      >
        <Icon name="search" />
      </button>
      <CommandMenu label={t('terminal.actions')} commands={actions()} />
    </div>
  )
}

const MENU = [
  'terminal.find',
  'terminal.paste',
  'terminal.copy.all',
  'terminal.bigger',
  'terminal.smaller',
  'terminal.right',
  'terminal.down',
  'terminal.rename',
  'terminal.close',
]
const byMenu = (one: Command, two: Command) => MENU.indexOf(one.id) - MENU.indexOf(two.id)

function TabLink(props: TabsProps & { tab: Tab }) {
  const { t } = useFace()
  const name = () => props.terminals.nameOf(props.tab.focus) || t('terminal.label')
  const size = () => terminalsOf(props.tab.root).length
  const here = () => props.terminals.tab() === props.tab
  const rang = () => terminalsOf(props.tab.root).some((pty) => props.terminals.rang(pty))
  const tab = (element: HTMLElement) =>
    createEffect(() => here() && element.scrollIntoView({ block: 'nearest', inline: 'nearest' }))
  function closeTab(event: MouseEvent): void {
    event.preventDefault()
    void props.terminals.close(props.tab.focus)
  }
  return (
    <li class="tab" classList={{ here: here() }} ref={tab}>
      <A
        class="tab-link"
        href={props.address(props.tab.focus)}
        title={props.terminals.titleOf(props.tab.focus)}
        aria-current={here() ? 'page' : undefined}
        onDblClick={() => props.onRename(props.tab.focus)}
        onAuxClick={(event) => event.button === 1 && closeTab(event)}
      >
        <Icon name="terminal" />
        <span class="tab-name">{name()}</span>
        <Show when={rang()}>
          <span class="rang" />
          <span class="unseen">{t('terminal.rang')}</span>
        </Show>
        <Show when={size() > 1}>
          <span class="count">{size()}</span>
        </Show>
      </A>
      <button
        class="tab-close"
        aria-label={t('terminal.end.named', { name: name() })}
        onClick={() => void props.terminals.close(props.tab.focus)}
      >
        <Icon name="close" />
      </button>
    </li>
  )
}

function Folded(props: TabsProps) {
  const { t } = useFace()
  const [open, setOpen] = createSignal(false)
  const all = () => props.terminals.layout().flatMap((tab) => terminalsOf(tab.root))
  return (
    <>
      <A class="button quiet square" href="/" aria-label={t('nav.home')}>
        <Icon name="back" />
      </A>
      <button class="folded" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Icon name="terminal" />
        <span class="tab-name">{props.terminals.nameOf(props.current ?? '') || t('terminal.tabs')}</span>
        <Show when={all().some(props.terminals.rang)}>
          <span class="rang" />
        </Show>
        <span class="count">
          {all().length}
          <span class="unseen">{t('terminal.tabs')}</span>
        </span>
      </button>
      <Sheet {...props} open={open()} all={all()} onClose={() => setOpen(false)} />
    </>
  )
}
