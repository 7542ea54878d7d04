// Devices: those that ask to come in, those that are in, and the way to bring another.
import { For, Show, createSignal, lazy } from 'solid-js'
import { useApp } from '#web/state/app.ts'
import { createDevices } from '#web/state/devices.ts'
import type { Device } from '#web/state/devices.ts'
import { useDialog } from '#web/state/dialog.ts'
import { useFace } from '#web/state/face.ts'
import { createNow } from '#web/state/looking.ts'
import { Confirm } from '#web/ui/confirm.tsx'
import { Icon } from '#web/ui/icon.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'
import { Page } from '#web/ui/page.tsx'
import { Asking } from './asking.tsx'
import { DeviceRow, SessionRow } from './row.tsx'

const Pair = lazy(() => import('./pair.tsx').then(({ Pair }) => ({ default: Pair })))

export function DevicesScreen() {
  const { t } = useFace()
  const { link, call } = useApp()
  const devices = createDevices(link)
  const pairing = useDialog('pair')
  const now = createNow(30_000)
  const [leaving, setLeaving] = createSignal<Device>()
  devices.watch()

  async function revoke(): Promise<void> {
    await call('device.revoke', { device: leaving()?.id ?? '' })
    await devices.refresh()
  }

  return (
    <Page
      title={t('devices.title')}
      body={t('devices.body')}
      actions={
        <button class="button primary" onClick={pairing.open}>
          <Icon name="plus" />
          {t('pair.show')}
        </button>
      }
    >
      <FaultNotice fault={devices.fault()} />
      <Show when={!pairing.isOpen()}>
        <For each={devices.pending()}>
          {(device) => <Asking device={device} onAnswer={devices.refresh} />}
        </For>
      </Show>
      <Show when={devices.known()}>
        <ul class="cards">
          <Show when={!devices.hasCurrent()}>
            <SessionRow />
          </Show>
          <For each={devices.active()}>
            {(device) => <DeviceRow device={device} now={now()} onRevoke={() => setLeaving(device)} />}
          </For>
        </ul>
        <Show when={!devices.active().length}>
          <p class="soft">{t('devices.none')}</p>
        </Show>
      </Show>
      <Show when={pairing.isOpen()}>
        <Pair devices={devices} onClose={pairing.close} />
      </Show>
      <Confirm
        open={leaving() !== undefined}
        title={t('devices.revoke.title', { name: leaving()?.name ?? '' })}
        body={t(leaving()?.current ? 'devices.revoke.this' : 'devices.revoke.body')}
        verb={t('devices.revoke')}
        act={revoke}
        onClose={() => setLeaving(undefined)}
      />
    </Page>
  )
}
