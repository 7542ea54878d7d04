// One workflow: its text with every problem in place, its graph beside it, and the ways to save and run it.
// `/workflows/edit/:name?`, new without a name.
import { useNavigate, useParams } from '@solidjs/router'
import { For, Show, createResource, createSignal, untrack } from 'solid-js'
import { toFault } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'
import { Editor } from '#web/panes/editor/editor.tsx'
import { Graph } from '#web/panes/graph/graph.tsx'
import { useApp } from '#web/state/app.ts'
import { createChecked } from '#web/state/checked.ts'
import type { Checked } from '#web/state/checked.ts'
import { useDialog } from '#web/state/dialog.ts'
import { createDraft } from '#web/state/draft.ts'
import { useFace } from '#web/state/face.ts'
import { Icon } from '#web/ui/icon.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'
import { Page } from '#web/ui/page.tsx'
import { StartDialog } from './start.tsx'
import './workflows.css'

const NEW = `name: my-workflow
on: manual
steps:
  - id: greet
    uses: shell.exec
    with: { cmd: 'echo Hello' }
`

export function WorkflowScreen() {
  const params = useParams<{ name?: string }>()
  return (
    <Show when={params.name ?? ''} keyed fallback={<Written name="" text={NEW} />}>
      {(name) => <Stored name={name} />}
    </Show>
  )
}

function Stored(props: { name: string }) {
  const { t } = useFace()
  const { call } = useApp()
  const [answer] = createResource(async () => {
    try {
      return { workflow: await call('workflow.get', { name: props.name }) }
    } catch (error) {
      return { fault: toFault(error) }
    }
  })
  return (
    <Show
      when={answer.latest?.workflow}
      fallback={
        <Page title={props.name}>
          <FaultNotice fault={answer.latest?.fault} />
          <Show when={answer.loading}>
            <p class="soft">{t('busy')}</p>
          </Show>
        </Page>
      }
    >
      {(workflow) => <Written name={props.name} text={workflow().text} />}
    </Show>
  )
}

function Written(props: { name: string; text: string }) {
  const { t } = useFace()
  const { call } = useApp()
  const navigate = useNavigate()
  const running = useDialog('run')
  const [busy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<Fault>()
  const [place, setPlace] = createSignal<{ line: number; column: number }>()
  // Another workflow is another screen: it is drawn anew for it.
  const draft = untrack(() => createDraft(sessionStorage, props.name, props.text))
  const file = () => `${props.name || 'workflow'}.yaml`
  const checked = createChecked(call, draft.text, file)
  const [schema] = createResource(() =>
    // Without it the editor only completes nothing.
    call('workflow.schema', {}).then(
      (answer) => answer.schema,
      () => undefined,
    ),
  )

  async function save(): Promise<void> {
    const text = draft.text()
    setBusy(true)
    setFault(undefined)
    try {
      const { name } = await call('workflow.save', { text })
      draft.saved(text)
      if (name !== props.name) navigate(`/workflows/edit/${encodeURIComponent(name)}`, { replace: true })
    } catch (error) {
      setFault(toFault(error))
    }
    setBusy(false)
  }

  return (
    <Page
      wide
      title={props.name || t('workflows.new')}
      body={t(draft.isDirty() ? 'workflow.dirty' : 'workflow.body')}
      actions={
        <>
          <Show when={draft.isDirty()}>
            <button class="button quiet" onClick={draft.discard}>
              {t('workflow.discard')}
            </button>
          </Show>
          <button class="button" disabled={busy()} onClick={() => void save()}>
            {t(busy() ? 'busy' : 'save')}
          </button>
          <button class="button primary" disabled={!checked.valid()} onClick={running.open}>
            <Icon name="play" />
            {t('workflow.run')}
          </button>
        </>
      }
    >
      <FaultNotice fault={fault() ?? checked.fault()} />
      <div class="workflow-body">
        <Editor
          label={t('workflow.text')}
          text={draft.text()}
          onText={draft.write}
          problems={checked.problems()}
          schema={schema.latest}
          place={place()}
        />
        <div class="workflow-side">
          <Problems checked={checked} onPlace={setPlace} />
          <Show when={checked.graph()}>
            {(graph) => (
              <Graph
                direction="down"
                steps={graph().steps.map(({ id, name, uses, level }) => ({ id, name, note: uses, level }))}
                edges={graph().edges}
              />
            )}
          </Show>
        </div>
      </div>
      <Show when={checked.graph()}>
        {(graph) => (
          <StartDialog
            open={running.isOpen() && checked.valid() === true}
            text={draft.text()}
            file={file()}
            inputs={graph().inputs}
            onClose={running.close}
            onStarted={(run) => running.leave(`/runs/${run}`, {})}
          />
        )}
      </Show>
    </Page>
  )
}

function Problems(props: { checked: Checked; onPlace: (place: { line: number; column: number }) => void }) {
  const { t } = useFace()
  const problems = () => props.checked.problems()
  const words = () => {
    if (props.checked.valid() === undefined) return t('workflow.checking')
    return problems().length ? t('workflow.problems', { n: problems().length }) : t('workflow.right')
  }
  return (
    <section class="problems" aria-label={t('workflow.check')}>
      <p role="status" classList={{ right: props.checked.valid() === true && problems().length === 0 }}>
        {words()}
      </p>
      <Show when={problems().length}>
        <ul>
          <For each={problems()}>
            {(problem) => (
              <li>
                <button class={`problem ${problem.severity}`} onClick={() => props.onPlace({ ...problem })}>
                  <Icon name="alert" />
                  <span>
                    <span class="unseen">{t(`workflow.${problem.severity}`)} </span>
                    <span class="problem-place">{t('workflow.line', { n: problem.line })}</span>
                    {problem.message}
                    <Show when={problem.fix}>{(fix) => <span class="soft"> {fix()}</span>}</Show>
                  </span>
                </button>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </section>
  )
}
