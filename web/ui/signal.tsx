// Says that the server cannot be reached, above whatever is shown and without moving it. A short break is not worth a word.
import { Show, createEffect, createSignal, onCleanup } from 'solid-js'
import { useApp } from '#web/state/app.ts'
import { useFace } from '#web/state/face.ts'

/** Milliseconds of a break that nobody needs to hear of. */
const QUIET_MS = 1_500

export function Signal() {
  const { t } = useFace()
  const { link } = useApp()
  const [broken, setBroken] = createSignal(false)
  createEffect(() => {
    if (link.state() !== 'reconnecting') return setBroken(false)
    const timer = setTimeout(() => setBroken(true), QUIET_MS)
    onCleanup(() => clearTimeout(timer))
  })
  return (
    <div class="signal-place" role="status">
      <Show when={broken()}>
        <p class="signal-card">
          <span class="dot busy" />
          {t('link.broken')}
          <button class="button quiet" onClick={() => link.reopen()}>
            {t('link.now')}
          </button>
        </p>
      </Show>
    </div>
  )
}
