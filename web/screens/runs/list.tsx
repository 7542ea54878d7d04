// Runs: every run of this person, live, by state and workflow. `/runs`.
import { A, useNavigate, useSearchParams } from '@solidjs/router'
import { For, Show, createMemo } from 'solid-js'
import { RUN_STATES } from '#dsl/powers/runs.ts'
import { useApp } from '#web/state/app.ts'
import { useFace } from '#web/state/face.ts'
import { createRuns } from '#web/state/runs.ts'
import type { RunState } from '#web/state/runs.ts'
import { Icon } from '#web/ui/icon.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'
import { Page } from '#web/ui/page.tsx'
import '#web/theme/runs.css'
import { DemoButton } from './demo.tsx'
import { RunRow } from './row.tsx'

export function RunsScreen() {
  const { t } = useFace()
  const { link } = useApp()
  const navigate = useNavigate()
  const [search, setSearch] = useSearchParams<{ state?: RunState; workflow?: string }>()
  const filter = createMemo(() => ({
    ...(RUN_STATES.includes(search.state as RunState) && { state: search.state as RunState }),
    ...(search.workflow !== undefined && search.workflow !== '' && { workflow: search.workflow }),
  }))
  const isFiltered = () => Object.keys(filter()).length > 0
  const runs = createRuns(link, filter)
  runs.watch()
  function choose(change: { state?: string; workflow?: string }): void {
    setSearch(change, { replace: true })
    void runs.refresh()
  }

  return (
    <Page
      title={t('runs.title')}
      body={t('runs.body')}
      actions={
        <>
          <A class="button" href="/workflows">
            <Icon name="layers" />
            {t('workflows.title')}
          </A>
          <DemoButton onStarted={(run) => navigate(`/runs/${run}`)} />
        </>
      }
    >
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <label class="field">
          <span class="label">{t('runs.filter.state')}</span>
          <select
            value={search.state ?? ''}
            onChange={(event) => choose({ state: event.currentTarget.value })}
          >
            <option value="">{t('runs.filter.all')}</option>
            <For each={RUN_STATES}>{(state) => <option value={state}>{t(`run.state.${state}`)}</option>}</For>
          </select>
        </label>
        <label class="field">
          <span class="label">{t('runs.filter.workflow')}</span>
          <input
            type="search"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            value={search.workflow ?? ''}
            onChange={(event) => choose({ workflow: event.currentTarget.value.trim() })}
          />
        </label>
      </form>
      <FaultNotice fault={runs.fault()} />
      <Show
        when={runs.list().length}
        fallback={
          <Show when={runs.known()}>
            <div class="empty">
              <p>{t(isFiltered() ? 'runs.none.filter' : 'runs.none')}</p>
            </div>
          </Show>
        }
      >
        <ul class="cards">
          <For each={runs.list()}>{(run) => <RunRow run={run} />}</For>
        </ul>
        <Show when={runs.hasMore()}>
          <button class="button" onClick={() => void runs.more()}>
            {t('runs.more')}
          </button>
        </Show>
      </Show>
    </Page>
  )
}
