// The graph of a workflow: the edges as one drawing, the steps as a list of buttons over it. It scrolls and grows inside its
// own box.
import { For, Show, createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js'
import { useFace } from '#web/state/face.ts'
import { PHONE, createMedia } from '#web/state/media.ts'
import { Icon } from '#web/ui/icon.tsx'
import type { GraphProps, GraphStep } from './graph.tsx'
import { STEP, layOut } from './layout.ts'
import type { PlacedStep } from './layout.ts'
import { LOOKS } from './looks.ts'
import { GraphTools } from './tools.tsx'
import { createZoom } from './zoom.ts'
import './graph.css'

/** A box is as high as its graph, and no higher than this many pixels or this share of the window. */
const HEIGHT_MAX = 520
const SHARE_MAX = 0.6
/** Below it no name can be read: steps are drawn as their state alone. */
const FAR = 0.45

export function GraphView(props: GraphProps) {
  const { t } = useFace()
  const phone = createMedia(PHONE)
  const direction = () => props.direction ?? (phone() ? 'down' : 'right')
  // A state that changes moves nothing: only other steps or edges are laid out anew.
  const shape = createMemo(
    () => ({ steps: props.steps.map(({ id }) => ({ id })), edges: props.edges, direction: direction() }),
    undefined,
    { equals: (a, b) => JSON.stringify(a) === JSON.stringify(b) },
  )
  const placed = createMemo(() => {
    const start = performance.now()
    const layout = layOut(shape().steps, shape().edges, shape().direction)
    performance.measure('graph layout', { start })
    return layout
  })
  const byId = createMemo(() => new Map(props.steps.map((step) => [step.id, step])))
  const nameOf = (id: string) => byId().get(id)?.name ?? id
  const before = createMemo(() => Map.groupBy(props.edges, ({ to }) => to))
  const failed = createMemo(() => props.steps.filter(({ state }) => state === 'failure'))

  const zoom = createZoom(placed)
  const [room, setRoom] = createSignal({ width: Infinity, height: Infinity })
  const isLarge = () => placed().width > room().width || placed().height > room().height
  const areaOf = (id: string | undefined) => {
    const place = placed().steps.find((step) => step.id === id)
    return place && { ...place, ...STEP }
  }
  function attach(box: HTMLElement): void {
    zoom.attach(box)
    const measure = () =>
      setRoom({ width: box.clientWidth, height: Math.min(HEIGHT_MAX, innerHeight * SHARE_MAX) })
    const observer = new ResizeObserver(measure)
    observer.observe(box)
    onCleanup(() => observer.disconnect())
  }
  // What is told elsewhere is in sight here, too, once there is a box of some size.
  createEffect(
    on([() => props.selected, isLarge, placed], ([selected]) => {
      const area = areaOf(selected)
      if (area) queueMicrotask(() => zoom.reveal(area))
    }),
  )
  function nextFailed(): void {
    const at = failed().findIndex(({ id }) => id === props.selected)
    const next = failed()[(at + 1) % failed().length]
    const area = areaOf(next?.id)
    if (!next || !area) return
    zoom.show(area)
    props.onSelect?.(next.id)
  }

  return (
    <div class="graph-frame">
      <div
        class="graph"
        classList={{ large: isLarge(), far: zoom.zoom() < FAR }}
        style={{ '--room': `${room().height}px`, '--zoom': zoom.zoom() }}
        ref={attach}
        role="region"
        aria-label={t('graph.label')}
        tabindex="0"
        onKeyDown={(event) => zoom.key(event)}
      >
        <div
          class="graph-room"
          style={{
            width: `${placed().width * zoom.zoom()}px`,
            height: `${placed().height * zoom.zoom()}px`,
          }}
        >
          <div class="graph-sheet" style={{ width: `${placed().width}px`, height: `${placed().height}px` }}>
            <svg class="graph-edges" aria-hidden="true" width={placed().width} height={placed().height}>
              <For each={placed().edges}>
                {(edge) => (
                  <path
                    d={edge.path}
                    classList={{
                      done: byId().get(edge.from)?.state === 'success',
                      near: edge.from === props.selected || edge.to === props.selected,
                    }}
                  />
                )}
              </For>
            </svg>
            <ul>
              <For each={placed().steps}>
                {(place) => (
                  <Show when={byId().get(place.id)}>
                    {(step) => (
                      <Step
                        step={step()}
                        place={place}
                        before={(before().get(place.id) ?? []).map(({ from }) => nameOf(from))}
                        selected={place.id === props.selected}
                        onSelect={props.onSelect}
                      />
                    )}
                  </Show>
                )}
              </For>
            </ul>
          </div>
        </div>
      </div>
      <Show when={isLarge()}>
        <GraphTools zoom={zoom} failed={failed().length} onFailed={nextFailed} />
      </Show>
    </div>
  )
}

interface StepProps {
  readonly step: GraphStep
  readonly place: PlacedStep
  /** Names of the steps that it waits for. */
  readonly before: readonly string[]
  readonly selected: boolean
  readonly onSelect: GraphProps['onSelect']
}

function Step(props: StepProps) {
  const { t } = useFace()
  const state = () => props.step.state
  const said = () => {
    const known = state()
    return known ? t(`step.state.${known}`) : props.step.note
  }
  const style = () => ({
    left: `${props.place.x}px`,
    top: `${props.place.y}px`,
    width: `${STEP.width}px`,
    height: `${STEP.height}px`,
  })
  const content = () => (
    <>
      <span class={`graph-sign ${state() ?? 'plain'}`}>
        <Icon name={LOOKS[state() ?? 'plain']} />
      </span>
      <span class="graph-text">
        <strong>{props.step.name}</strong>
        <span class="graph-note">{said()}</span>
      </span>
      <Show when={props.before.length}>
        <span class="unseen">{t('graph.after', { names: props.before.join(', ') })}</span>
      </Show>
    </>
  )
  return (
    <li style={style()}>
      <Show
        when={props.onSelect}
        fallback={
          <div class={`graph-step ${state() ?? ''}`} title={props.step.name}>
            {content()}
          </div>
        }
      >
        {(select) => (
          <button
            class={`graph-step ${state() ?? ''}`}
            type="button"
            title={props.step.name}
            aria-pressed={props.selected}
            onClick={() => select()(props.step.id)}
          >
            {content()}
          </button>
        )}
      </Show>
    </li>
  )
}
