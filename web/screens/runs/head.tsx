// The head of a run: its name and state, the meters of time and cost against their limits, and what can be done with it.
import { A, useNavigate } from '@solidjs/router'
import { Show, createEffect, createSignal } from 'solid-js'
import { createAct } from '#web/state/act.ts'
import { useApp } from '#web/state/app.ts'
import { useFace } from '#web/state/face.ts'
import { createNow } from '#web/state/looking.ts'
import type { RunDetail, Step } from '#web/state/run.ts'
import { hasEnded } from '#web/state/runs.ts'
import type { Run } from '#web/state/runs.ts'
import { duration } from '#web/text/time.ts'
import { Confirm } from '#web/ui/confirm.tsx'
import { Icon } from '#web/ui/icon.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'
import { RunMark } from './state.tsx'

export interface RunHeadProps {
  readonly run: Run
  readonly steps: readonly Step[]
  readonly detail: Pick<RunDetail, 'policy'> | undefined
}

export function RunHead(props: RunHeadProps) {
  const { t } = useFace()
  const { call } = useApp()
  const navigate = useNavigate()
  const now = createNow(1000)
  const [stopping, setStopping] = createSignal(false)
  const policy = () => props.detail?.policy ?? {}
  const spent = () => {
    const { startedAt, endedAt } = props.run
    if (startedAt === undefined) return 0
    return (
      (endedAt === undefined ? Math.max(now(), Date.parse(startedAt)) : Date.parse(endedAt)) -
      Date.parse(startedAt)
    )
  }
  const title = () => `${props.run.workflow} #${props.run.number}`
  createEffect(() => (document.title = `${title()} · Chispart`))

  const {
    busy,
    fault,
    go: again,
  } = createAct(async (how: { failed?: boolean }) => {
    const { run } = await call('run.retry', { run: props.run.id, ...how })
    navigate(`/runs/${run.id}`)
  })

  const stop = () => call('run.cancel', { run: props.run.id }).then(() => undefined)

  return (
    <header class="run-head">
      <p class="soft">
        <A href="/runs">{t('runs.title')}</A>
      </p>
      <div class="page-head">
        <div>
          <h1>
            {props.run.workflow} <span class="soft">#{props.run.number}</span>
          </h1>
          <p class="run-facts">
            <RunMark state={props.run.state} />
            <span class="soft">{t(`run.trigger.${props.run.trigger}`)}</span>
            <Show when={props.run.branch}>{(branch) => <span class="badge">{branch()}</span>}</Show>
            <Show when={props.run.repo}>{(repo) => <span class="soft card-note">{repo()}</span>}</Show>
          </p>
        </div>
        <div class="actions">
          <Show
            when={hasEnded(props.run)}
            fallback={
              <button class="button danger" onClick={() => setStopping(true)}>
                <Icon name="stop" />
                {t('run.stop')}
              </button>
            }
          >
            <Show when={props.run.state !== 'succeeded'}>
              <button class="button" disabled={busy()} onClick={() => void again({ failed: true })}>
                {t('run.again.failed')}
              </button>
            </Show>
            <button class="button primary" disabled={busy()} onClick={() => void again({})}>
              <Icon name="play" />
              {t('run.again')}
            </button>
          </Show>
        </div>
      </div>
      <FaultNotice fault={fault()} />
      <Show when={props.run.reason}>{(reason) => <p class="run-reason">{reason()}</p>}</Show>
      <div class="meters">
        <Meter label={t('run.time')} value={spent()} most={policy().max_time_ms} show={duration} />
        <Meter
          label={t('run.cost')}
          value={props.run.costUsd}
          most={policy().max_cost_usd}
          show={(usd) => `$${usd.toFixed(2)}`}
        />
      </div>
      <Confirm
        open={stopping()}
        title={t('run.stop.title')}
        body={t('run.stop.body')}
        verb={t('run.stop')}
        act={stop}
        onClose={() => setStopping(false)}
      />
    </header>
  )
}

interface MeterProps {
  readonly label: string
  readonly value: number
  readonly most: number | undefined
  readonly show: (value: number) => string
}

function Meter(props: MeterProps) {
  const { t } = useFace()
  const text = () =>
    props.most === undefined
      ? props.show(props.value)
      : t('run.of', { value: props.show(props.value), most: props.show(props.most) })
  return (
    <div class="meter">
      <span class="soft">{props.label}</span>
      <strong>{text()}</strong>
      <Show when={props.most}>
        {(most) => <progress aria-label={props.label} max={most()} value={Math.min(props.value, most())} />}
      </Show>
    </div>
  )
}
