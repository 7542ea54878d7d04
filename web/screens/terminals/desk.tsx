// The desk: tabs above, terminals on the stage, the status below, and the commands of them all.
import { useNavigate, useParams } from '@solidjs/router'
import { Show, createEffect, createSignal, onMount } from 'solid-js'
import { useApp } from '#web/state/app.ts'
import { useFace } from '#web/state/face.ts'
import { PHONE, createMedia } from '#web/state/media.ts'
import { createTerminals } from '#web/state/terminals.ts'
import type { LiveWorkspace } from '#web/state/workspaces.ts'
import { Icon } from '#web/ui/icon.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'
import { deskCommands } from './commands.ts'
import { Rename } from './rename.tsx'
import { Stage } from './stage.tsx'
import { Status } from './status.tsx'
import { Tabs } from './tabs.tsx'

export function Desk(props: { workspace: LiveWorkspace; opens: boolean }) {
  const { t } = useFace()
  const app = useApp()
  const params = useParams<{ workspace: string; pty?: string }>()
  const navigate = useNavigate()
  const phone = createMedia(PHONE)
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
  const commands = () => deskCommands({ terminals, current: current(), go: focus, rename: setRenaming })
  app.commands.offer(commands)

  onMount(async () => {
    await terminals.refresh()
    if (props.opens && current() === undefined) await terminals.open()
  })
  createEffect(() => {
    const first = terminals.layout()[0]
    if (current() === undefined && !props.opens && terminals.alive() && first) focus(first.focus)
  })
  createEffect(() => (document.title = `${props.workspace.name} · Chispart`))

  return (
    <div class="desk">
      <h1 class="unseen">{props.workspace.name}</h1>
      <Tabs
        terminals={terminals}
        current={current()}
        address={address}
        phone={phone()}
        commands={commands()}
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
          onFocus={focus}
        />
      </Show>
      <Status workspace={props.workspace.name} />
      <Rename
        pty={renaming()}
        name={terminals.nameOf(renaming() ?? '')}
        onClose={() => setRenaming(undefined)}
        onName={(pty, name) => void terminals.rename(pty, name)}
      />
    </div>
  )
}
