// The terminals of one workspace: `/w/:workspace/t/:pty?`. It brings the workspace up first, when it must.
import { useLocation, useNavigate, useParams } from '@solidjs/router'
import { Match, Show, Switch, createEffect, createSignal, on } from 'solid-js'
import { toFault } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'
import { useApp } from '#web/state/app.ts'
import { useFace } from '#web/state/face.ts'
import type { LiveWorkspace } from '#web/state/workspaces.ts'
import { FaultNotice } from '#web/ui/notice.tsx'
import '#web/theme/desk.css'
import { Desk } from './desk.tsx'

/** Set by who leads here to have a terminal opened on arrival. */
export interface Arrival {
  readonly open: boolean
}

export function TerminalsScreen() {
  const { workspaces } = useApp()
  const params = useParams<{ workspace: string }>()
  const id = () => workspaces.find(params.workspace)?.id
  workspaces.watch()

  return (
    <Switch>
      <Match when={id()} keyed>
        {(key) => <Bring workspace={workspaces.find(key)!} />}
      </Match>
      <Match when={workspaces.known()}>
        <Missing name={params.workspace} />
      </Match>
      <Match when={workspaces.fault()}>
        <div class="page">
          <FaultNotice fault={workspaces.fault()} />
        </div>
      </Match>
    </Switch>
  )
}

function Bring(props: { workspace: LiveWorkspace }) {
  const { t } = useFace()
  const { call, workspaces } = useApp()
  const arrival = useLocation<Arrival>()
  const [busy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<Fault>()

  async function start(): Promise<void> {
    setBusy(true)
    setFault(undefined)
    await call('workspace.start', { workspace: props.workspace.id }).catch((error: unknown) =>
      setFault(toFault(error)),
    )
    await workspaces.refresh()
    setBusy(false)
  }
  createEffect(
    on(
      () => props.workspace.state,
      (state) => state === 'stopped' && arrival.state?.open && void start(),
    ),
  )

  return (
    <Show
      when={props.workspace.state !== 'running'}
      fallback={<Desk workspace={props.workspace} opens={arrival.state?.open ?? false} />}
    >
      <div class="page">
        <h1>{props.workspace.name}</h1>
        <FaultNotice fault={fault()} />
        <Show when={!busy() && props.workspace.state === 'stopped'} fallback={<Busy />}>
          <div class="empty">
            <Show when={props.workspace.endedBy}>{(reason) => <p>{t(`ended.${reason()}`)}</p>}</Show>
            <p>{t('workspace.stopped.body')}</p>
            <button class="button primary" onClick={() => void start()}>
              {t('workspace.start')}
            </button>
          </div>
        </Show>
      </div>
    </Show>
  )
}

function Missing(props: { name: string }) {
  const { t } = useFace()
  const { call, workspaces } = useApp()
  const navigate = useNavigate()
  const arrival = useLocation<Arrival>()
  const [busy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<Fault>()

  async function create(): Promise<void> {
    setBusy(true)
    try {
      const { workspace } = await call('workspace.create', { name: props.name })
      navigate(`/w/${workspace.name}/t`, { replace: true, state: { open: true } satisfies Arrival })
      await workspaces.refresh()
    } catch (error) {
      setFault(toFault(error))
    }
    setBusy(false)
  }
  createEffect(on([], () => arrival.state?.open && void create()))

  return (
    <div class="page">
      <h1>{t(busy() ? 'workspace.creating' : 'workspace.missing', { name: props.name })}</h1>
      <FaultNotice fault={fault()} />
      <Show when={!busy()} fallback={<Busy />}>
        <div class="empty">
          <p>{t('workspace.missing.body')}</p>
          <button class="button primary" onClick={() => void create()}>
            {t('workspace.create.named')}
          </button>
        </div>
      </Show>
    </div>
  )
}

function Busy() {
  const { t } = useFace()
  return (
    <p class="state soft" role="status">
      <span class="dot busy" />
      {t('workspace.starting')}
    </p>
  )
}
