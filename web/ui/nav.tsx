// The ways between screens: a rail on a desktop, a bar on a phone. It knows no screen but its address.
import { A } from '@solidjs/router'
import { useFace } from '#web/state/face.ts'
import { Icon, Spark } from './icon.tsx'

export function Nav() {
  const { t } = useFace()
  return (
    <nav class="nav" aria-label={t('nav.label')}>
      <A class="mark" href="/" aria-label={t('nav.home')} aria-current={undefined}>
        <Spark />
      </A>
      <ul>
        <li>
          <A class="nav-link" href="/" end>
            <Icon name="home" />
            {t('nav.home')}
          </A>
        </li>
      </ul>
    </nav>
  )
}
