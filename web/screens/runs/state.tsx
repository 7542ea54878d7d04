// The state of a run or a step as an icon and a word, so that colour is never the only sign.
import { useFace } from '#web/state/face.ts'
import type { Step } from '#web/state/run.ts'
import type { RunState } from '#web/state/runs.ts'
import { Icon } from '#web/ui/icon.tsx'
import type { IconName } from '#web/ui/icon.tsx'

const RUN: Readonly<Record<RunState, readonly [IconName, string]>> = {
  queued: ['ring', 'calm'],
  running: ['play', 'busy'],
  waiting: ['hand', 'asks'],
  succeeded: ['check', 'good'],
  failed: ['close', 'bad'],
  cancelled: ['cancel', 'calm'],
  timed_out: ['clock', 'bad'],
  over_budget: ['alert', 'bad'],
}
const STEP: Readonly<Record<Step['state'], readonly [IconName, string]>> = {
  pending: ['ring', 'calm'],
  queued: ['ring', 'calm'],
  running: ['play', 'busy'],
  approval: ['hand', 'asks'],
  success: ['check', 'good'],
  failure: ['close', 'bad'],
  cancelled: ['cancel', 'calm'],
  skipped: ['skip', 'calm'],
}

export function RunMark(props: { state: RunState; quiet?: boolean }) {
  const { t } = useFace()
  return (
    <span class={`mark ${RUN[props.state][1]}`}>
      <Icon name={RUN[props.state][0]} />
      <span class={props.quiet ? 'unseen' : ''}>{t(`run.state.${props.state}`)}</span>
    </span>
  )
}

export function StepMark(props: { state: Step['state']; quiet?: boolean }) {
  const { t } = useFace()
  return (
    <span class={`mark ${STEP[props.state][1]}`}>
      <Icon name={STEP[props.state][0]} />
      <span class={props.quiet ? 'unseen' : ''}>{t(`step.state.${props.state}`)}</span>
    </span>
  )
}
