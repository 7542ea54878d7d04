// Starts the demo: the shipped workflow `hello`, which needs no keys.
import { Show, createSignal } from 'solid-js'
import { toFault } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'
import { useApp } from '#web/state/app.ts'
import { useFace } from '#web/state/face.ts'
import { Icon } from '#web/ui/icon.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'

export const DEMO = 'hello'

export interface DemoProps {
  readonly onStarted: (run: string) => void
}

/** Starts it once, however often it is pressed meanwhile. */
export function useDemo(onStarted: (run: string) => void) {
  const { call } = useApp()
  const [busy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<Fault>()
  async function start(): Promise<void> {
    if (busy()) return
    setBusy(true)
    setFault(undefined)
    try {
      const { run } = await call('run.start', { workflow: DEMO })
      onStarted(run.id)
    } catch (error) {
      setFault(toFault(error))
    }
    setBusy(false)
  }
  return { busy, fault, start: () => void start() }
}

export function DemoButton(props: DemoProps) {
  const { t } = useFace()
  const demo = useDemo((run) => props.onStarted(run))
  return (
    <>
      <Show when={demo.fault()}>
        <FaultNotice fault={demo.fault()} />
      </Show>
      <button class="button primary" disabled={demo.busy()} onClick={demo.start}>
        <Icon name="play" />
        {demo.busy() ? t('busy') : t('home.demo')}
      </button>
    </>
  )
}
