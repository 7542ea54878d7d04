// An address that leads nowhere, with the way back.
import { A } from '@solidjs/router'
import { useFace } from '#web/state/face.ts'

export function Lost() {
  const { t } = useFace()
  return (
    <div class="page">
      <h1>{t('lost.title')}</h1>
      <p class="soft">{t('lost.body')}</p>
      <div class="actions">
        <A class="button primary" href="/">
          {t('nav.home')}
        </A>
      </div>
    </div>
  )
}
