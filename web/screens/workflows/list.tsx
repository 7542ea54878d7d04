// Workflows: one's own and the examples, each to open, to run or to delete. `/workflows`.
import { A, useNavigate } from '@solidjs/router'
import { For, Show, createSignal } from 'solid-js'
import type { OpOutput } from '#dsl/catalog.ts'
import { useApp } from '#web/state/app.ts'
import { useFace } from '#web/state/face.ts'
import { createList } from '#web/state/list.ts'
import { Confirm } from '#web/ui/confirm.tsx'
import { Icon } from '#web/ui/icon.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'
import { Page } from '#web/ui/page.tsx'
import './workflows.css'

type Workflow = OpOutput<'workflow.list'>['workflows'][number] & { readonly id: string }

/** Milliseconds between looks: another device may save one. */
const LOOK_MS = 10_000

export function WorkflowsScreen() {
  const { t } = useFace()
  const { link, call } = useApp()
  const navigate = useNavigate()
  const [doomed, setDoomed] = createSignal<string>()
  const workflows = createList<Workflow>({
    link,
    everyMs: LOOK_MS,
    async ask() {
      const answer = await link.call('workflow.list', {})
      return answer.workflows.map((workflow) => ({ ...workflow, id: workflow.name }))
    },
  })
  workflows.watch()

  async function remove(): Promise<void> {
    await call('workflow.remove', { name: doomed() ?? '' })
    await workflows.refresh()
  }

  return (
    <Page
      title={t('workflows.title')}
      body={t('workflows.body')}
      actions={
        <>
          <A class="button" href="/runs">
            <Icon name="runs" />
            {t('workflows.runs')}
          </A>
          <button class="button primary" onClick={() => navigate('/workflows/edit')}>
            <Icon name="plus" />
            {t('workflows.new')}
          </button>
        </>
      }
    >
      <FaultNotice fault={workflows.fault()} />
      <Show when={workflows.known() && workflows.items.length === 0}>
        <div class="empty">
          <p>{t('workflows.none')}</p>
        </div>
      </Show>
      <Show when={workflows.items.length}>
        <ul class="cards">
          <For each={workflows.items}>
            {(workflow) => <Row workflow={workflow} onRemove={() => setDoomed(workflow.name)} />}
          </For>
        </ul>
      </Show>
      <Confirm
        open={doomed() !== undefined}
        title={t('workflows.remove.title', { name: doomed() ?? '' })}
        body={t('workflows.remove.body')}
        verb={t('workflows.remove')}
        act={remove}
        onClose={() => setDoomed(undefined)}
      />
    </Page>
  )
}

function Row(props: { workflow: Workflow; onRemove: () => void }) {
  const { t } = useFace()
  const name = () => props.workflow.name
  const href = () => `/workflows/edit/${encodeURIComponent(name())}`
  return (
    <li class="row">
      <div class="row-text">
        <h2>
          {name()}
          <Show when={props.workflow.example}>
            <span class="badge">{t('workflows.example')}</span>
          </Show>
        </h2>
        <Show when={props.workflow.description}>{(text) => <p class="soft">{text()}</p>}</Show>
        <p class="soft facts">
          <For each={props.workflow.triggers}>{(trigger) => <code>{trigger}</code>}</For>
        </p>
      </div>
      <div class="actions">
        <A class="button" href={href()} aria-label={t('workflows.open.named', { name: name() })}>
          <Icon name="pencil" />
          {t('workflows.open')}
        </A>
        <A class="button" href={`${href()}?run`} aria-label={t('workflows.run.named', { name: name() })}>
          <Icon name="play" />
          {t('workflows.run')}
        </A>
        <Show when={!props.workflow.example}>
          <button
            class="button quiet square"
            aria-label={t('workflows.remove.named', { name: name() })}
            onClick={() => props.onRemove()}
          >
            <Icon name="trash" />
          </button>
        </Show>
      </div>
    </li>
  )
}
