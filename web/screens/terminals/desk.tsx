// The desk: tabs above, terminals on the stage, the status below, and the commands of them all.
import { useNavigate, useParams } from '@solidjs/router'
import { Show, createEffect, createSignal, onMount } from 'solid-js'
import { useApp } from '#web/state/app.ts'
import { createCommands } from '#web/state/commands.ts'
import { useFace } from '#web/state/face.ts'
import { PHONE, TOUCH, createMedia } from '#web/state/media.ts'
import { createTerminals } from '#web/state/terminals.ts'
import type { LiveWorkspace } from '#web/state/workspaces.ts'
import { Icon } from '#web/ui/icon.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'
import { deskCommands } from './commands.ts'
import { followKeyboard } from './keyboard.ts'
import { lookCommands } from './look-commands.ts'
import { Rename } from './rename.tsx'
import { Stage } from './stage.tsx'
import { Status } from './status.tsx'
import { Tabs } from './tabs.tsx'

export function Desk(props: { workspace: LiveWorkspace; opens: boolean }) {
  const { t, preferences } = useFace()
  const app = useApp()
  const params = useParams<{ workspace: string; pty?: string }>()
  const navigate = useNavigate()
  const phone = createMedia(PHONE)
  const touch = createMedia(TOUCH)
  const [renaming, setRenaming] = createSignal<string>()
  const current = () => params.pty
  const address = (pty: string | undefined) => `/w/${params.workspace}/t${pty === undefined ? '' : `/${pty}`}`
  const terminals = createTerminals({
    app,
    // eslint-disable-next-line solid/reactivity -- A desk is drawn anew for each workspace.
    workspace: props.workspace,
    current,
    // An address without a terminal is only a way to one: going back must not stop there.
    go: (pty) => navigate(address(pty), { replace: current() === undefined || pty === undefined }),
  })
  const focus = (pty: string) => pty !== current() && navigate(address(pty), { replace: true })
  const titled = () => terminals.titleOf(current() ?? '') || terminals.nameOf(current() ?? '')
  const ofPanes = createCommands()
  app.commands.offer(() => [
    ...deskCommands({ terminals, current: current(), splits: !phone(), go: focus, rename: setRenaming }),
    ...ofPanes.all(),
    ...lookCommands(preferences),
  ])
  followKeyboard()

  onMount(async () => {
    await terminals.refresh()
    if (props.opens && current() === undefined) await terminals.open()
  })
  createEffect(() => {
    const first = terminals.layout()[0]
    if (current() === undefined && !props.opens && terminals.alive() && first) focus(first.focus)
  })
  createEffect(
    () => (document.title = [titled(), props.workspace.name, 'Chispart'].filter(Boolean).join(' · ')),
  )

  return (
    <div class="desk">
      <h1 class="unseen">{props.workspace.name}</h1>
      <Tabs
        terminals={terminals}
        current={current()}
        address={address}
        phone={phone()}
        onRename={setRenaming}
        commands={app.commands}
      />
      <FaultNotice fault={terminals.fault()} />
      <Show
        when={!terminals.alive() || terminals.tab()}
        fallback={
          <div class="desk-empty">
            <div class="empty">
              <p>{t(current() === undefined ? 'terminal.none' : 'terminal.gone')}</p>
              <button class="button primary" onClick={() => void terminals.open()}>
                <Icon name="plus" />
                {t('terminal.new')}
              </button>
            </div>
          </div>
        }
      >
        <Stage
          terminals={terminals}
          workspace={props.workspace.id}
          current={current()}
          phone={phone()}
          touch={touch()}
          onFocus={focus}
          offer={ofPanes.offer}
        />
      </Show>
      <Status workspace={props.workspace.name} title={terminals.titleOf(current() ?? '')} />
      <Rename
        pty={renaming()}
        name={terminals.nameOf(renaming() ?? '')}
        onClose={() => setRenaming(undefined)}
        onName={(pty, name) => void terminals.rename(pty, name)}
      />
    </div>
  )
}
