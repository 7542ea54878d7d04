// Workspaces: each with its state, what isolates it, and what can be done with it.
import { useNavigate } from '@solidjs/router'
import { For, Show, createSignal } from 'solid-js'
import { useApp } from '#web/state/app.ts'
import { useDialog } from '#web/state/dialog.ts'
import { useFace } from '#web/state/face.ts'
import type { LiveWorkspace } from '#web/state/workspaces.ts'
import { Confirm } from '#web/ui/confirm.tsx'
import { Icon } from '#web/ui/icon.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'
import { Page } from '#web/ui/page.tsx'
import { Create } from './create.tsx'
import { WorkspaceRow } from './row.tsx'

export function WorkspacesScreen() {
  const { t } = useFace()
  const { call, workspaces } = useApp()
  const navigate = useNavigate()
  const creating = useDialog('new')
  const [doomed, setDoomed] = createSignal<LiveWorkspace>()
  workspaces.watch()

  async function remove(): Promise<void> {
    await call('workspace.remove', { workspace: doomed()?.id ?? '' })
    await workspaces.refresh()
  }
  const createButton = () => (
    <button class="button primary" onClick={creating.open}>
      <Icon name="plus" />
      {t('workspaces.new')}
    </button>
  )

  return (
    <Page title={t('workspaces.title')} body={t('workspaces.body')} actions={createButton()}>
      <FaultNotice fault={workspaces.fault()} />
      <Show
        when={workspaces.list.length}
        fallback={
          <Show when={workspaces.known()}>
            <div class="empty">
              <p>{t('workspaces.none')}</p>
            </div>
          </Show>
        }
      >
        <ul class="cards">
          <For each={workspaces.list}>
            {(workspace) => (
              <WorkspaceRow
                workspace={workspace}
                onOpen={() => navigate(`/w/${workspace.name}/t`, { state: { open: true } })}
                onRemove={() => setDoomed({ ...workspace })}
              />
            )}
          </For>
        </ul>
      </Show>
      <Create open={creating.isOpen()} wantsRepo={false} onClose={creating.close} onDone={creating.close} />
      <Confirm
        open={doomed() !== undefined}
        title={t('workspaces.remove.title', { name: doomed()?.name ?? '' })}
        body={t('workspaces.remove.body')}
        verb={t('workspaces.remove')}
        act={remove}
        onClose={() => setDoomed(undefined)}
      />
    </Page>
  )
}
