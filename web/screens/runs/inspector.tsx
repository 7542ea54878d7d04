// What one step of a run did: why it is as it is, its log, what went in and came out, what it left behind.
import { useNavigate } from '@solidjs/router'
import { Show } from 'solid-js'
import { createAct } from '#web/state/act.ts'
import { useApp } from '#web/state/app.ts'
import { useFace } from '#web/state/face.ts'
import type { Step } from '#web/state/run.ts'
import { hasEnded } from '#web/state/runs.ts'
import type { Run } from '#web/state/runs.ts'
import { duration } from '#web/text/time.ts'
import { Icon } from '#web/ui/icon.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'
import { Approval } from './approval.tsx'
import { Left } from './left.tsx'
import { StepMark } from './state.tsx'
import { StepLog } from './step-log.tsx'

export interface InspectorProps {
  readonly run: Run
  readonly step: Step
}

export function Inspector(props: InspectorProps) {
  const { t } = useFace()
  const { call } = useApp()
  const navigate = useNavigate()
  const took = () => {
    const { startedAt, endedAt } = props.step
    return startedAt && endedAt ? duration(Date.parse(endedAt) - Date.parse(startedAt)) : undefined
  }
  /** `here`: in the same workspace, with what was mended there. */
  const {
    busy,
    fault,
    go: againFrom,
  } = createAct(async (here: boolean) => {
    const from = props.step.step
    const { run } = await call('run.retry', { run: props.run.id, from, ...(here && { here }) })
    navigate(`/runs/${run.id}`)
  })

  return (
    <section class="inspector" aria-labelledby="inspected">
      <header class="inspector-head">
        <h2 id="inspected">{props.step.name}</h2>
        <StepMark state={props.step.state} />
        <Show when={took()}>{(time) => <span class="soft">{time()}</span>}</Show>
        <Show when={props.step.attempts > 1}>
          <span class="soft">
            {t('step.attempts')}: {props.step.attempts}
          </span>
        </Show>
        <div class="actions">
          <Show when={props.run.workspace}>
            {(workspace) => (
              <button
                class="button"
                onClick={() => navigate(`/w/${workspace()}/t`, { state: { open: true } })}
              >
                <Icon name="terminal" />
                {t('step.terminal')}
              </button>
            )}
          </Show>
          <Show
            when={props.run.workspace !== undefined && props.step.state === 'failure' && hasEnded(props.run)}
          >
            <button
              class="button"
              disabled={busy()}
              title={t('run.continue.hint')}
              onClick={() => void againFrom(true)}
            >
              <Icon name="play" />
              {t('run.continue')}
            </button>
          </Show>
          <Show when={hasEnded(props.run)}>
            <button
              class="button"
              disabled={busy()}
              title={t('run.again.from.hint')}
              onClick={() => void againFrom(false)}
            >
              {t('run.again.from')}
            </button>
          </Show>
        </div>
      </header>
      <FaultNotice fault={fault()} />
      <Show when={props.step.error}>
        {(error) => (
          <p class="step-error" role="status">
            {error().message}
          </p>
        )}
      </Show>
      <Show when={!props.step.error && props.step.reason}>{(reason) => <p class="soft">{reason()}</p>}</Show>
      <Show when={props.step.state === 'approval'}>
        <Approval run={props.run.id} step={props.step.id} />
      </Show>
      <Show when={props.step.startedAt !== undefined && props.step.uses !== undefined}>
        <StepLog run={props.run.id} step={props.step} />
      </Show>
      <Values label={t('step.input')} value={props.step.input} />
      <Values label={t('step.outputs')} value={filled(props.step.outputs)} />
      <Values label={t('step.output')} value={props.step.output} />
      <Left run={props.run} step={props.step} />
    </section>
  )
}

function filled(outputs: Step['outputs']): Step['outputs'] {
  return outputs && Object.keys(outputs).length > 0 ? outputs : undefined
}

function Values(props: { label: string; value: unknown }) {
  const text = () =>
    typeof props.value === 'string' ? props.value : JSON.stringify(props.value, undefined, 2)
  return (
    <Show when={props.value !== undefined && props.value !== null && props.value !== ''}>
      <details class="values">
        <summary>{props.label}</summary>
        <pre tabindex="0">{text()}</pre>
      </details>
    </Show>
  )
}
