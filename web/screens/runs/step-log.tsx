// The log of one attempt of a step: follows it while it prints, and opens at the line that the address names.
import { useLocation } from '@solidjs/router'
import { Show, untrack } from 'solid-js'
import { useApp } from '#web/state/app.ts'
import { useFace } from '#web/state/face.ts'
import { createLog } from '#web/state/log.ts'
import type { Step } from '#web/state/run.ts'
import { createLines } from '#web/panes/log/lines.ts'
import { LogView } from '#web/panes/log/view.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'

export function StepLog(props: { run: string; step: Step }) {
  return (
    // Another attempt has another log.
    <Show when={props.step.attempts} keyed>
      {(attempt) => <AttemptLog {...props} attempt={attempt} />}
    </Show>
  )
}

function AttemptLog(props: { run: string; step: Step; attempt: number }) {
  const { t } = useFace()
  const { link } = useApp()
  const location = useLocation()
  const lines = createLines()
  const { run, step, attempt } = untrack(() => ({ ...props, step: props.step.id }))
  const log = createLog(link, { run, step, attempt, take: lines.add })
  const hrefOf = (line: number) => `/runs/${run}/${encodeURIComponent(step)}#L${line}`
  const target = () => {
    const line = /^#L([1-9]\d{0,8})$/.exec(location.hash)?.[1]
    return line === undefined ? undefined : Number(line)
  }
  return (
    <div>
      <h3>{t('step.log')}</h3>
      <FaultNotice fault={log.fault()} />
      <Show
        when={lines.last()}
        fallback={
          <Show when={props.step.endedAt}>
            <p class="soft">{t('step.log.none')}</p>
          </Show>
        }
      >
        <LogView lines={lines} hrefOf={hrefOf} target={target()} />
      </Show>
    </div>
  )
}
