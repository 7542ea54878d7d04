// One device of the list, and the browser that has a session instead of being a device.
import { Show } from 'solid-js'
import type { Device } from '#web/state/devices.ts'
import { useFace } from '#web/state/face.ts'
import { deviceName } from '#web/state/session.ts'
import { ago, dateOf } from '#web/text/time.ts'
import { Icon } from '#web/ui/icon.tsx'
import type { IconName } from '#web/ui/icon.tsx'

export const DEVICE_ICONS: Record<Device['kind'], IconName> = {
  android: 'phone',
  ios: 'phone',
  web: 'laptop',
  cli: 'terminal',
}

export interface DeviceRowProps {
  readonly device: Device
  /** Milliseconds since 1970. */
  readonly now: number
  readonly onRevoke: () => void
}

export function DeviceRow(props: DeviceRowProps) {
  const { preferences, t } = useFace()
  const seen = () => props.device.lastSeenAt
  return (
    <li class="row">
      <Icon name={DEVICE_ICONS[props.device.kind]} />
      <div class="row-text">
        <h2>
          {props.device.name}
          <Show when={props.device.current}>
            <span class="badge">{t('devices.this')}</span>
          </Show>
        </h2>
        <p class="soft facts">
          <span>{t(`kind.${props.device.kind}`)}</span>
          <span>
            {t('devices.created', { date: dateOf(preferences.language(), props.device.createdAt) })}
          </span>
          <Show when={seen()} fallback={<span>{t('devices.seen.never')}</span>}>
            {(at) => <span>{t('devices.seen', { ago: ago(preferences.language(), at(), props.now) })}</span>}
          </Show>
        </p>
      </div>
      <button
        class="button quiet"
        aria-label={t('devices.revoke.named', { name: props.device.name })}
        onClick={() => props.onRevoke()}
      >
        {t('devices.revoke')}
      </button>
    </li>
  )
}

export function SessionRow() {
  const { t } = useFace()
  return (
    <li class="row">
      <Icon name="laptop" />
      <div class="row-text">
        <h2>
          {deviceName(navigator.userAgent)}
          <span class="badge">{t('devices.this')}</span>
        </h2>
        <p class="soft facts">{t('devices.session')}</p>
      </div>
    </li>
  )
}
