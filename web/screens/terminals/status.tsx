// The status line: where this is, and how the link is. A break is a dot that turns, never a wall.
import { Show } from 'solid-js'
import { useApp } from '#web/state/app.ts'
import { useFace } from '#web/state/face.ts'

export function Status(props: { workspace: string }) {
  const { t } = useFace()
  const { link } = useApp()
  const online = () => link.state() === 'online'
  return (
    <footer class="status">
      <span class="signal">
        <span class="dot" classList={{ live: online(), busy: !online() }} />
        <span role="status">{t(online() ? 'link.online' : 'link.waiting')}</span>
      </span>
      <Show when={online() && link.rtt() !== undefined}>
        <span class="rtt">{t('link.rtt', { n: Math.max(1, Math.round(link.rtt() ?? 0)) })}</span>
      </Show>
      <span class="status-place">{props.workspace}</span>
    </footer>
  )
}
