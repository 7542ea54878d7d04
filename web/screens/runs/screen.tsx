// One run: how it stands, its steps, and what each of them did. `/runs/:run/:step?`.
import { useNavigate, useParams } from '@solidjs/router'
import { For, Show, createComputed, createEffect, createMemo, createSignal, on, untrack } from 'solid-js'
import type { JSX } from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import { useApp } from '#web/state/app.ts'
import { useFace } from '#web/state/face.ts'
import { createMedia } from '#web/state/media.ts'
import { createRun } from '#web/state/run.ts'
import type { LiveRun, Step } from '#web/state/run.ts'
import { Graph } from '#web/panes/graph/graph.tsx'
import type { GraphStep } from '#web/panes/graph/graph.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'
import '#web/theme/runs.css'
import { RunHead } from './head.tsx'
import { Inspector } from './inspector.tsx'
import { Network } from './network.tsx'
import { StepMark } from './state.tsx'

export function RunScreen() {
  const params = useParams<{ run: string; step?: string }>()
  return (
    <Show when={params.run} keyed>
      {(id) => <Loaded id={id} />}
    </Show>
  )
}

function Loaded(props: { id: string }) {
  const { link } = useApp()
  // Another run is another page: it is drawn anew for it.
  const run = untrack(() => createRun(link, props.id))
  return (
    <Show
      when={run.live.run}
      fallback={
        <div class="page">
          <FaultNotice fault={run.fault()} />
        </div>
      }
    >
      <RunPage run={run} />
    </Show>
  )
}

/** Where what a step did stands below the steps, as in theme/runs.css. */
const NARROW = '(max-width: 760px)'

/** Without a choice: what runs, else what failed, else what waits for a person, else the last one. */
function telling(steps: readonly Step[]): Step | undefined {
  for (const state of ['approval', 'running', 'failure'] as const) {
    const found = steps.find((step) => step.state === state)
    if (found) return found
  }
  return steps.findLast((step) => step.startedAt !== undefined) ?? steps[0]
}

/** What a step with several combinations looks like as one: what is worst or still to come of it. */
const TELLING: readonly Step['state'][] = [
  ...(['approval', 'running', 'queued', 'failure', 'cancelled', 'pending', 'success', 'skipped'] as const),
]

function nodesOf(steps: readonly Step[]): GraphStep[] {
  const groups = Map.groupBy(steps, ({ step }) => step)
  return [...groups].map(([id, rows]) => {
    const state = TELLING.find((one) => rows.some((row) => row.state === one)) ?? 'pending'
    return { id, name: rows[0]?.name ?? id, state }
  })
}

function RunPage(props: { run: LiveRun }) {
  const { t } = useFace()
  const params = useParams<{ run: string; step?: string }>()
  const navigate = useNavigate()
  const steps = () => props.run.live.steps
  const chosenId = createMemo(() => params.step ?? telling(steps())?.id)
  const chosen = () => steps().find((step) => step.id === chosenId())
  // What is the same stays the same object: of five hundred steps, the one that changed is drawn.
  const [drawn, setDrawn] = createStore<GraphStep[]>([])
  createComputed(() => setDrawn(reconcile(nodesOf(steps()), { key: 'id' })))
  const isNarrow = createMedia(NARROW)
  let body: HTMLElement | undefined
  function choose(id: string): void {
    const address = `/runs/${params.run}/${encodeURIComponent(id)}`
    navigate(address, { replace: params.step !== undefined, scroll: false })
    if (isNarrow()) queueMicrotask(() => body?.lastElementChild?.scrollIntoView())
  }
  // Of very many steps the list scrolls by itself, and begins at the one that is told.
  let list: HTMLElement | undefined
  createEffect(
    on([chosenId, () => steps().length], () =>
      queueMicrotask(() => {
        const step = list?.querySelector<HTMLElement>('[aria-current]')
        if (!list || !step || list.scrollHeight <= list.clientHeight) return
        list.scrollTop = step.offsetTop - (list.clientHeight - step.offsetHeight) / 2
      }),
    ),
  )

  return (
    <div class="page wide">
      <RunHead run={props.run.live.run!} steps={steps()} detail={props.run.detail()} />
      <FaultNotice fault={props.run.fault()} />
      <Show when={drawn.length > 1 && props.run.detail()}>
        {(detail) => (
          <Foldable folds={isNarrow()} label={t('run.graph')}>
            <Graph
              steps={drawn}
              edges={detail().edges}
              selected={chosen()?.step}
              onSelect={(id) => choose(steps().find(({ step }) => step === id)?.id ?? id)}
            />
          </Foldable>
        )}
      </Show>
      <Network decisions={props.run.live.egress} />
      <div class="run-body" ref={(element) => (body = element)}>
        <nav class="run-steps" aria-label={t('run.steps')} ref={(element) => (list = element)}>
          <ol>
            <For each={steps()}>
              {(step) => (
                <li>
                  <button
                    class="run-step"
                    aria-current={step.id === chosenId() ? 'step' : undefined}
                    onClick={() => choose(step.id)}
                  >
                    <StepMark state={step.state} quiet />
                    <span class="run-step-name">
                      {step.name}
                      <Show when={step.combination}>{(which) => <span class="soft"> {which()}</span>}</Show>
                    </span>
                    <span class="soft run-step-state">{t(`step.state.${step.state}`)}</span>
                  </button>
                </li>
              )}
            </For>
          </ol>
        </nav>
        <Show when={chosenId()} keyed>
          <Show when={chosen()}>{(step) => <Inspector run={props.run.live.run!} step={step()} />}</Show>
        </Show>
      </div>
    </div>
  )
}

/** On a phone, where there is room for one thing, it opens by a press; drawn then, and not before. */
function Foldable(props: { folds: boolean; label: string; children: JSX.Element }) {
  const [open, setOpen] = createSignal(false)
  return (
    <Show when={props.folds} fallback={props.children}>
      <details class="values" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{props.label}</summary>
        <Show when={open()}>{props.children}</Show>
      </details>
    </Show>
  )
}
