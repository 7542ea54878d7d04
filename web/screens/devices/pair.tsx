// The invitation: six digits and a QR code while they live, then the device that asks, then that it is in.
import { For, Match, Show, Switch, createSignal, onMount } from 'solid-js'
import type { OpOutput } from '#dsl/catalog.ts'
import { toFault } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'
import { useApp } from '#web/state/app.ts'
import type { Device, Devices } from '#web/state/devices.ts'
import { useFace } from '#web/state/face.ts'
import { createNow } from '#web/state/looking.ts'
import { countdown } from '#web/text/time.ts'
import { Dialog } from '#web/ui/dialog.tsx'
import { Icon } from '#web/ui/icon.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'
import { Qr } from '#web/ui/qr.tsx'
import { Asking } from './asking.tsx'

type Invitation = OpOutput<'pair.init'>

export interface PairProps {
  readonly devices: Devices
  readonly onClose: () => void
}

export function Pair(props: PairProps) {
  const { t } = useFace()
  const { call } = useApp()
  const [invitation, setInvitation] = createSignal<Invitation>()
  const [allowed, setAllowed] = createSignal<Device>()
  const [fault, setFault] = createSignal<Fault>()
  onMount(invite)

  async function invite(): Promise<void> {
    setFault(undefined)
    try {
      setInvitation(await call('pair.init', { device: 'web', nonce: newNonce() }))
    } catch (error) {
      setFault(toFault(error))
    }
  }

  async function answered(device: Device, allow: boolean): Promise<void> {
    if (allow) setAllowed(device)
    await props.devices.refresh()
    // The code was spent on the device that was sent away.
    if (!allow) await invite()
  }

  return (
    <Dialog open title={t('pair.show')} onClose={() => props.onClose()}>
      <FaultNotice fault={fault()}>
        <button class="button" onClick={() => void invite()}>
          {t('retry')}
        </button>
      </FaultNotice>
      <Switch>
        <Match when={allowed()}>
          {(device) => <IsIn name={device().name} onClose={() => props.onClose()} />}
        </Match>
        <Match when={props.devices.pending().length}>
          <For each={props.devices.pending()}>
            {(device) => <Asking device={device} onAnswer={(allow) => answered({ ...device }, allow)} />}
          </For>
        </Match>
        <Match when={invitation()} keyed>
          {(live) => <Code invitation={live} onFresh={() => void invite()} />}
        </Match>
        <Match when={!fault()}>
          <p class="waiting" role="status">
            <span class="dot busy" />
            {t('pair.making')}
          </p>
        </Match>
      </Switch>
    </Dialog>
  )
}

function Code(props: { invitation: Invitation; onFresh: () => void }) {
  const { t } = useFace()
  const now = createNow(500)
  const left = () => Date.parse(props.invitation.expiresAt) - now()
  return (
    <Show
      when={left() > 0}
      fallback={
        <>
          <p role="status">{t('pair.over')}</p>
          <button class="button primary" onClick={() => props.onFresh()}>
            {t('pair.fresh')}
          </button>
        </>
      }
    >
      <p class="soft">{t('pair.show.body')}</p>
      <div class="invitation">
        <Qr text={props.invitation.url} label={t('pair.qr', { url: props.invitation.url })} />
        <div>
          <p class="digits" aria-label={[...props.invitation.code].join(' ')}>
            <span>{props.invitation.code.slice(0, 3)}</span>
            <span>{props.invitation.code.slice(3)}</span>
          </p>
          <p class="soft">{t('pair.expires', { time: countdown(left()) })}</p>
          <p class="soft server-name">{new URL(props.invitation.url).host}</p>
        </div>
      </div>
      <Show when={isLoopback(new URL(props.invitation.url).hostname)}>
        <p class="hint soft">{t('pair.local')}</p>
      </Show>
    </Show>
  )
}

function IsIn(props: { name: string; onClose: () => void }) {
  const { t } = useFace()
  return (
    <>
      <div class="is-in" role="status">
        <Icon name="check" />
        <div>
          <h3>{t('pair.in', { name: props.name })}</h3>
          <p class="soft">{t('pair.in.body')}</p>
        </div>
      </div>
      <div class="actions end">
        <button class="button primary" onClick={() => props.onClose()}>
          {t('pair.done')}
        </button>
      </div>
    </>
  )
}

/** `crypto.randomUUID` is missing where the page came over plain http from another machine. */
function newNonce(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
}

const isLoopback = (hostname: string) => /^(localhost|127\.|\[::1\])/.test(hostname)
