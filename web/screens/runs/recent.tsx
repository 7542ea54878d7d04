// The latest runs, on Home: what waits for a person comes first.
import { A } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { useApp } from '#web/state/app.ts'
import { useFace } from '#web/state/face.ts'
import { createRuns } from '#web/state/runs.ts'
import '#web/theme/runs.css'
import { RunRow } from './row.tsx'

const SHOWN = 5

export function RecentRuns() {
  const { t } = useFace()
  const { link } = useApp()
  const runs = createRuns(link, () => ({}), SHOWN)
  runs.watch()
  const asks = ({ state }: { state: string }) => Number(state === 'waiting')
  const shown = () => runs.list().toSorted((a, b) => asks(b) - asks(a))

  return (
    <Show when={shown().length}>
      <section class="live" aria-labelledby="recent">
        <h2 id="recent">{t('home.runs')}</h2>
        <ul class="cards">
          <For each={shown()}>{(run) => <RunRow run={run} />}</For>
        </ul>
        <p>
          <A href="/runs">{t('home.runs.all')}</A>
        </p>
      </section>
    </Show>
  )
}
