// One workspace of the list. What a person asked for shows at once as under way; the state itself is the server's word.
import { Show, createSignal } from 'solid-js'
import { toFault } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'
import { useApp } from '#web/state/app.ts'
import { useFace } from '#web/state/face.ts'
import type { LiveWorkspace } from '#web/state/workspaces.ts'
import { dateOf } from '#web/text/time.ts'
import { Confirm } from '#web/ui/confirm.tsx'
import { Icon } from '#web/ui/icon.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'
import { StateDot } from '#web/ui/state-dot.tsx'
import { WorkspaceUsage } from './usage.tsx'

export interface WorkspaceRowProps {
  readonly workspace: LiveWorkspace
  readonly onOpen: () => void
  readonly onRemove: () => void
}

export function WorkspaceRow(props: WorkspaceRowProps) {
  const { preferences, t } = useFace()
  const { call, workspaces } = useApp()
  const [busy, setBusy] = createSignal<'starting' | 'stopping'>()
  const [fault, setFault] = createSignal<Fault>()
  const [asking, setAsking] = createSignal(false)
  const name = () => props.workspace.name
  const state = () => busy() ?? props.workspace.state

  async function change(doing: 'starting' | 'stopping'): Promise<void> {
    setBusy(doing)
    setFault(undefined)
    try {
      await call(doing === 'starting' ? 'workspace.start' : 'workspace.stop', {
        workspace: props.workspace.id,
      })
      await workspaces.refresh()
    } catch (error) {
      setFault(toFault(error))
    }
    setBusy(undefined)
  }
  /** Only programs that would end are worth a question. */
  const stop = () => (props.workspace.terminals.length ? setAsking(true) : void change('stopping'))

  return (
    <li class="row">
      <StateDot state={state()} />
      <div class="row-text">
        <h2>
          {name()}
          <span class="row-state">{t(`state.${state()}`)}</span>
        </h2>
        <Show when={props.workspace.repo}>{(repo) => <p class="soft card-note">{repo()}</p>}</Show>
        <p class="soft facts">
          <span>{t('workspaces.driver', { driver: props.workspace.driver })}</span>
          <span>
            {t('workspaces.created', { date: dateOf(preferences.language(), props.workspace.createdAt) })}
          </span>
          <Show when={props.workspace.terminals.length}>
            {(n) => <span>{t('workspaces.terminals', { n: n() })}</span>}
          </Show>
        </p>
        <Show when={state() === 'stopped' && props.workspace.endedBy}>
          {(reason) => <p class="ended">{t(`ended.${reason()}`)}</p>}
        </Show>
        <Show when={state() === 'running'}>
          <WorkspaceUsage workspace={props.workspace.id} />
        </Show>
        <FaultNotice fault={fault()} />
      </div>
      <div class="actions">
        <button
          class="button"
          aria-label={t('workspaces.open.named', { name: name() })}
          onClick={() => props.onOpen()}
        >
          <Icon name="terminal" />
          {t('workspaces.open')}
        </button>
        <Show
          when={state() === 'stopped' || state() === 'starting'}
          fallback={
            <button
              class="button"
              disabled={busy() !== undefined}
              aria-label={t('workspaces.stop.named', { name: name() })}
              onClick={stop}
            >
              <Icon name="stop" />
              {t('workspaces.stop')}
            </button>
          }
        >
          <button
            class="button"
            disabled={state() !== 'stopped'}
            aria-label={t('workspaces.start.named', { name: name() })}
            onClick={() => void change('starting')}
          >
            <Icon name="play" />
            {t('workspaces.start')}
          </button>
        </Show>
        <button
          class="button quiet square"
          aria-label={t('workspaces.remove.named', { name: name() })}
          onClick={() => props.onRemove()}
        >
          <Icon name="trash" />
        </button>
      </div>
      <Confirm
        open={asking()}
        title={t('workspaces.stop.title', { name: name() })}
        body={t('workspaces.stop.body', { n: props.workspace.terminals.length })}
        verb={t('workspaces.stop')}
        act={() => change('stopping')}
        onClose={() => setAsking(false)}
      />
    </li>
  )
}
