// One run of a list: what it is, how it stands, since when.
import { A } from '@solidjs/router'
import { Show } from 'solid-js'
import { useFace } from '#web/state/face.ts'
import { createNow } from '#web/state/looking.ts'
import { hasEnded } from '#web/state/runs.ts'
import type { Run } from '#web/state/runs.ts'
import { ago, duration } from '#web/text/time.ts'
import { RunMark } from './state.tsx'

export function RunRow(props: { run: Run }) {
  const { preferences, t } = useFace()
  const now = createNow(1000)
  const took = () => {
    const { startedAt, endedAt } = props.run
    if (startedAt === undefined) return ''
    return duration((endedAt === undefined ? now() : Date.parse(endedAt)) - Date.parse(startedAt))
  }
  return (
    <li class="run-row">
      <A
        href={`/runs/${props.run.id}`}
        aria-label={t('runs.open', { number: props.run.number, workflow: props.run.workflow })}
      >
        <RunMark state={props.run.state} quiet />
        <span class="run-name">
          <strong>{props.run.workflow}</strong>
          <span class="soft"> #{props.run.number}</span>
          <Show when={props.run.branch}>{(branch) => <span class="badge">{branch()}</span>}</Show>
        </span>
        <span class="soft run-note">
          {props.run.reason ??
            `${t(`run.state.${props.run.state}`)}, ${t(`run.trigger.${props.run.trigger}`)}`}
        </span>
        <span class="soft run-time">
          <span classList={{ ticking: !hasEnded(props.run) }}>{took()}</span>
          <time datetime={props.run.createdAt}>
            {ago(preferences.language(), props.run.createdAt, now())}
          </time>
        </span>
      </A>
    </li>
  )
}
