// Home: two things to start, and what is running now.
import { A, useNavigate } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { useApp } from '#web/state/app.ts'
import { useDialog } from '#web/state/dialog.ts'
import { useFace } from '#web/state/face.ts'
import type { LiveWorkspace } from '#web/state/workspaces.ts'
import { Icon } from '#web/ui/icon.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'
import { StateDot } from '#web/ui/state-dot.tsx'
import { Page } from '#web/ui/page.tsx'
import { useDemo } from './runs/demo.tsx'
import { RecentRuns } from './runs/recent.tsx'
import { Create } from './workspaces/create.tsx'

export function Home() {
  const { workspaces } = useApp()
  const { t } = useFace()
  const navigate = useNavigate()
  const connecting = useDialog('connect')
  const demo = useDemo((run) => navigate(`/runs/${run}`))
  const target = workspaces.usual
  workspaces.watch()

  return (
    <Page title={t('home.title')} body={t('home.body')}>
      <div class="starts">
        <button class="start primary" onClick={() => navigate(`/w/${target()}/t`, { state: { open: true } })}>
          <Icon name="terminal" />
          <strong>{t('home.terminal')}</strong>
          <span>{t('home.terminal.hint', { name: target() })}</span>
        </button>
        <button class="start" onClick={() => connecting.open()}>
          <Icon name="repo" />
          <strong>{t('home.repo')}</strong>
          <span>{t('home.repo.hint')}</span>
        </button>
        <button class="start" disabled={demo.busy()} onClick={demo.start}>
          <Icon name="runs" />
          <strong>{t('home.demo')}</strong>
          <span>{t('home.demo.hint')}</span>
        </button>
      </div>
      <FaultNotice fault={demo.fault()} />
      <RecentRuns />
      <section class="live" aria-labelledby="live">
        <h2 id="live">{t('home.live')}</h2>
        <FaultNotice fault={workspaces.fault()} />
        <Show
          when={workspaces.live().length}
          fallback={<Show when={workspaces.known()}>{<p class="soft">{t('home.live.none')}</p>}</Show>}
        >
          <ul class="cards">
            <For each={workspaces.live()}>{(workspace) => <LiveCard workspace={workspace} />}</For>
          </ul>
        </Show>
      </section>
      <Create
        open={connecting.isOpen()}
        wantsRepo
        onClose={connecting.close}
        onDone={(workspace) => connecting.leave(`/w/${workspace.name}/t`, { open: true })}
      />
    </Page>
  )
}

function LiveCard(props: { workspace: LiveWorkspace }) {
  const { t } = useFace()
  return (
    <li class="card">
      <div class="card-head">
        <StateDot state={props.workspace.state} />
        <h3>{props.workspace.name}</h3>
        <Show when={props.workspace.repo}>{(repo) => <span class="soft card-note">{repo()}</span>}</Show>
      </div>
      <ul class="chips">
        <For each={props.workspace.terminals}>
          {(terminal) => (
            <li>
              <A class="chip" href={`/w/${props.workspace.name}/t/${terminal.id}`}>
                <Icon name="terminal" />
                {terminal.name}
                <Show when={terminal.title}>{(title) => <span class="soft">{title()}</span>}</Show>
              </A>
            </li>
          )}
        </For>
        <li>
          <A class="chip fresh" href={`/w/${props.workspace.name}/t`} state={{ open: true }}>
            <Icon name="plus" />
            {t('terminal.new')}
          </A>
        </li>
      </ul>
    </li>
  )
}
