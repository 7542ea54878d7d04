// An address that leads nowhere, with the way back.
import { A } from '@solidjs/router'
import { useFace } from '#web/state/face.ts'
import { Page } from '#web/ui/page.tsx'

export function Lost() {
  const { t } = useFace()
  return (
    <Page title={t('lost.title')} body={t('lost.body')}>
      <div class="actions">
        <A class="button primary" href="/">
          {t('nav.home')}
        </A>
      </div>
    </Page>
  )
}
