// The tabs: links, because every tab has an address. On a phone they fold into a sheet behind one button.
import { A } from '@solidjs/router'
import { For, Show, createSignal } from 'solid-js'
import { useFace } from '#web/state/face.ts'
import type { Command } from '#web/state/commands.ts'
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
  readonly commands: readonly Command[]
}

export function Tabs(props: TabsProps) {
  const { t } = useFace()
  const actions = () => props.commands.filter((command) => MENU.has(command.id))
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
        class="button quiet square"
        aria-label={t('terminal.new')}
        disabled={props.terminals.busy()}
        onClick={() => void props.terminals.open()}
      >
        <Icon name="plus" />
      </button>
      <CommandMenu label={t('terminal.actions')} commands={actions()} />
    </div>
  )
}

const MENU = new Set(['terminal.right', 'terminal.down', 'terminal.rename', 'terminal.close'])

function TabLink(props: TabsProps & { tab: Tab }) {
  const { t } = useFace()
  const name = () => props.terminals.nameOf(props.tab.focus) || t('terminal.label')
  const size = () => terminalsOf(props.tab.root).length
  const here = () => props.terminals.tab() === props.tab
  return (
    <li class="tab" classList={{ here: here() }}>
      <A class="tab-link" href={props.address(props.tab.focus)} aria-current={here() ? 'page' : undefined}>
        <Icon name="terminal" />
        <span class="tab-name">{name()}</span>
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
      <button class="folded" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Icon name="terminal" />
        <span class="tab-name">{props.terminals.nameOf(props.current ?? '') || t('terminal.tabs')}</span>
        <span class="count" aria-label={t('terminal.count', { n: all().length })}>
          {all().length}
        </span>
      </button>
      <Sheet {...props} open={open()} all={all()} onClose={() => setOpen(false)} />
    </>
  )
}
