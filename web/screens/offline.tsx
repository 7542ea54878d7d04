// Shown when the very first question to the server had no answer. It asks again by itself while somebody looks.
import { createEffect, onCleanup, onMount } from 'solid-js'
import { useFace } from '#web/state/face.ts'
import { Spark } from '#web/ui/icon.tsx'

const AGAIN_MS = 3_000

export function Offline(props: { onRetry: () => void }) {
  const { t } = useFace()
  onMount(() => {
    const retry = () => document.visibilityState === 'visible' && props.onRetry()
    const timer = setInterval(retry, AGAIN_MS)
    addEventListener('online', retry)
    onCleanup(() => {
      clearInterval(timer)
      removeEventListener('online', retry)
    })
  })
  createEffect(() => (document.title = `${t('signin.offline.title')} · Chispart`))

  return (
    <main class="gate">
      <Spark />
      <h1>{t('signin.offline.title')}</h1>
      <p class="soft" role="status">
        {t('signin.offline.body')}
      </p>
      <div class="actions">
        <button class="button primary" onClick={() => props.onRetry()}>
          {t('retry')}
        </button>
      </div>
    </main>
  )
}
