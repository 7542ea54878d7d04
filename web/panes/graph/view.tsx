// The graph of a workflow: the edges as one drawing, the steps as a list of buttons over it. It scrolls inside its own box.
import { For, Show, createMemo } from 'solid-js'
import { useFace } from '#web/state/face.ts'
import { PHONE, createMedia } from '#web/state/media.ts'
import { Icon } from '#web/ui/icon.tsx'
import type { GraphProps, GraphStep } from './graph.tsx'
import { STEP, layOut } from './layout.ts'
import type { PlacedStep } from './layout.ts'
import { LOOKS } from './looks.ts'
import './graph.css'

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
  const placed = createMemo(() => layOut(shape().steps, shape().edges, shape().direction))
  const byId = createMemo(() => new Map(props.steps.map((step) => [step.id, step])))
  const before = (id: string) => props.edges.flatMap(({ from, to }) => (to === id ? [nameOf(from)] : []))
  const nameOf = (id: string) => byId().get(id)?.name ?? id

  return (
    <div class="graph" role="region" aria-label={t('graph.label')} tabindex="0">
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
                    before={before(place.id)}
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
        <span class="graph-note">
          <Show when={state()} fallback={props.step.note}>
            {(known) => t(`step.state.${known()}`)}
          </Show>
        </span>
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
          <div class="graph-step" title={props.step.name}>
            {content()}
          </div>
        }
      >
        {(select) => (
          <button
            class="graph-step"
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
