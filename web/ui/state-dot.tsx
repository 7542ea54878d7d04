// The state of a workspace as a dot and a word, so that colour is never the only sign.
import { useFace } from '#web/state/face.ts'

const LOOKS = { running: 'live', starting: 'busy', stopping: 'busy', stopped: '' } as const

export function StateDot(props: { state: keyof typeof LOOKS }) {
  const { t } = useFace()
  return (
    <span class="state">
      <span class={`dot ${LOOKS[props.state]}`} />
      <span class="unseen">{t(`state.${props.state}`)}</span>
    </span>
  )
}
