// A device that waits at the door: its name, and the person's answer. Nothing is decided by leaving it alone.
import { createSignal } from 'solid-js'
import { toFault } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'
import { useApp } from '#web/state/app.ts'
import type { Device } from '#web/state/devices.ts'
import { useFace } from '#web/state/face.ts'
import { Icon } from '#web/ui/icon.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'
import { DEVICE_ICONS } from './row.tsx'

export interface AskingProps {
  readonly device: Device
  readonly onAnswer: (allowed: boolean) => Promise<void> | void
}

export function Asking(props: AskingProps) {
  const { t } = useFace()
  const { call } = useApp()
  const [busy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<Fault>()

  async function answer(allow: boolean): Promise<void> {
    setBusy(true)
    setFault(undefined)
    try {
      await call('device.approve', { device: props.device.id, allow })
      await props.onAnswer(allow)
    } catch (error) {
      setFault(toFault(error))
    }
    setBusy(false)
  }

  return (
    <section class="asking" role="alert">
      <Icon name={DEVICE_ICONS[props.device.kind]} />
      <div>
        <h2>{t('devices.asks', { name: props.device.name })}</h2>
        <p class="soft">{t('devices.asks.body', { kind: t(`kind.${props.device.kind}`) })}</p>
      </div>
      <div class="actions">
        <button class="button primary" disabled={busy()} onClick={() => void answer(true)}>
          {t('devices.allow')}
        </button>
        <button class="button" disabled={busy()} onClick={() => void answer(false)}>
          {t('devices.refuse')}
        </button>
      </div>
      <FaultNotice fault={fault()} />
    </section>
  )
}
