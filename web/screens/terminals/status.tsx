// The status line: where this is, and how the link is. A break shorter than a second is not worth a word.
import { Show } from 'solid-js'
import { useApp } from '#web/state/app.ts'
import { useFace } from '#web/state/face.ts'
import { createLater } from '#web/state/later.ts'

export function Status(props: { workspace: string; title: string }) {
  const { t } = useFace()
  const { link } = useApp()
  const away = createLater(() => link.state() !== 'online')
  return (
    <footer class="status">
      <span class="signal">
        <span class="dot" classList={{ live: !away(), busy: away() }} />
        <span role="status">{t(away() ? 'link.waiting' : 'link.online')}</span>
      </span>
      <Show when={!away() && link.rtt() !== undefined}>
        <span class="rtt">{t('link.rtt', { n: Math.max(1, Math.round(link.rtt() ?? 0)) })}</span>
      </Show>
      <span class="status-title">{props.title}</span>
      <span class="status-place">{props.workspace}</span>
    </footer>
  )
}
