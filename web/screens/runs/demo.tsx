// Starts the demo: the shipped workflow `hello`, which needs no keys.
import { Show } from 'solid-js'
import { createAct } from '#web/state/act.ts'
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
  const { busy, fault, go } = createAct(async () => {
    const { run } = await call('run.start', { workflow: DEMO })
    onStarted(run.id)
  })
  return { busy, fault, start: () => void go() }
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
