// A fault, in place: what is wrong, and what would make it right. It never goes away by itself.
import { For, Show } from 'solid-js'
import type { JSX } from 'solid-js'
import type { FaultMessage } from '#dsl/fault.ts'
import { useFace } from '#web/state/face.ts'
import { remediesOf, sentenceOf } from '#web/text/fault.ts'
import { Icon } from './icon.tsx'

export function FaultNotice(props: { fault: FaultMessage | undefined; children?: JSX.Element }) {
  const { t } = useFace()
  return (
    <Show when={props.fault}>
      {(fault) => (
        <Notice sentence={sentenceOf(fault(), t)} remedies={remediesOf(fault(), t)}>
          {props.children}
        </Notice>
      )}
    </Show>
  )
}

export interface NoticeProps {
  readonly sentence: string
  readonly remedies: readonly string[]
  readonly children?: JSX.Element
}

export function Notice(props: NoticeProps) {
  return (
    <div class="notice" role="alert">
      <Icon name="alert" />
      <div class="notice-text">
        <p>{props.sentence}</p>
        <Show when={props.remedies.length}>
          <ul>
            <For each={props.remedies}>{(remedy) => <li>{remedy}</li>}</For>
          </ul>
        </Show>
        {props.children}
      </div>
    </div>
  )
}
