// What a step left behind: shown in place where it can be, and downloaded. Asked for when the step has ended.
import { For, Show, Suspense, createResource, createSignal, lazy } from 'solid-js'
import { useApp } from '#web/state/app.ts'
import { useFace } from '#web/state/face.ts'
import type { Step } from '#web/state/run.ts'
import type { Run } from '#web/state/runs.ts'
import { previewKind } from '#web/panes/artifact/kind.ts'
import type { Artifact } from '#web/panes/artifact/kind.ts'
import { ArtifactView } from '#web/panes/artifact/view.tsx'
import { Icon } from '#web/ui/icon.tsx'

/** With a terminal, which only who plays a recording needs. */
const Player = lazy(() =>
  import('#web/panes/terminal/player.tsx').then(({ Player }) => ({ default: Player })),
)

export function Left(props: { run: Run; step: Step }) {
  const { t } = useFace()
  const { call } = useApp()
  const [artifacts] = createResource(
    () => props.step.endedAt && `${props.step.id} ${props.step.endedAt} ${props.run.state}`,
    async () => {
      const answer = await call('artifact.list', { run: props.run.id }).catch(() => ({ artifacts: [] }))
      return answer.artifacts.filter(({ step }) => step === props.step.id)
    },
  )
  return (
    <Show when={artifacts()?.length}>
      <div>
        <h3>{t('step.artifacts')}</h3>
        <ul class="left">
          <For each={artifacts()}>{(artifact) => <Item artifact={artifact} />}</For>
        </ul>
      </div>
    </Show>
  )
}

function Item(props: { artifact: Artifact }) {
  const { t } = useFace()
  const { call } = useApp()
  const [open, setOpen] = createSignal(false)
  const kind = () => previewKind(props.artifact)
  const link = async () => (await call('artifact.link', { artifact: props.artifact.id })).url
  /** By this page's own origin: the server may be known by several. */
  const address = async () => {
    const { pathname, search } = new URL(await link())
    return pathname + search
  }
  return (
    <li>
      <div class="chips">
        <button
          class="chip"
          aria-label={t('step.artifacts.get', { name: props.artifact.name })}
          onClick={() => void link().then((url) => location.assign(url))}
        >
          <Icon name="download" />
          {props.artifact.name}
          <span class="soft">{sizeOf(props.artifact.bytes)}</span>
        </button>
        <Show when={kind()}>
          <button
            class="button quiet"
            aria-label={t('step.artifacts.show', { name: props.artifact.name })}
            aria-expanded={open()}
            onClick={() => setOpen(!open())}
          >
            {t(open() ? 'artifact.hide' : 'artifact.show')}
          </button>
        </Show>
      </div>
      <Show when={open() && kind()}>
        {(known) => {
          const shown = known()
          return shown === 'recording' ? (
            <Suspense fallback={<div />}>
              <Player name={props.artifact.name} address={address} />
            </Suspense>
          ) : (
            <ArtifactView name={props.artifact.name} kind={shown} address={address} />
          )
        }}
      </Show>
    </li>
  )
}

function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
