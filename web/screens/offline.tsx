// Shown when the very first question to the server had no answer. It asks again only when told to.
import { useFace } from '#web/state/face.ts'
import { Spark } from '#web/ui/icon.tsx'

export function Offline() {
  const { session, t } = useFace()
  return (
    <main class="gate">
      <Spark />
      <h1>{t('signin.offline.title')}</h1>
      <p class="soft">{t('signin.offline.body')}</p>
      <div class="actions">
        <button class="button primary" onClick={() => void session.check()}>
          {t('retry')}
        </button>
      </div>
    </main>
  )
}
