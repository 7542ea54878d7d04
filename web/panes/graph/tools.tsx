// The buttons of a graph that is larger than its box: its size, and the way to what failed.
import { Show } from 'solid-js'
import { useFace } from '#web/state/face.ts'
import { Icon } from '#web/ui/icon.tsx'
import type { Zoom } from './zoom.ts'

export interface GraphToolsProps {
  readonly zoom: Zoom
  /** Steps that failed. */
  readonly failed: number
  readonly onFailed: () => void
}

export function GraphTools(props: GraphToolsProps) {
  const { t } = useFace()
  return (
    <div class="graph-tools" role="toolbar" aria-label={t('graph.tools')}>
      <button
        class="button quiet square"
        type="button"
        aria-label={t('graph.smaller')}
        onClick={() => props.zoom.smaller()}
      >
        <Icon name="minus" />
      </button>
      <span class="soft graph-zoom">{Math.round(props.zoom.zoom() * 100)} %</span>
      <button
        class="button quiet square"
        type="button"
        aria-label={t('graph.larger')}
        onClick={() => props.zoom.larger()}
      >
        <Icon name="plus" />
      </button>
      <button class="button quiet" type="button" onClick={() => props.zoom.fit()}>
        <Icon name="fit" />
        {t('graph.fit')}
      </button>
      <Show when={props.failed > 0}>
        <button class="button quiet" type="button" onClick={() => props.onFailed()}>
          <Icon name="alert" />
          {t('graph.failed', { n: props.failed })}
        </button>
      </Show>
    </div>
  )
}
