// The ways between screens: a rail on a desktop, a bar on a phone, and commands of the palette. It knows no screen but its
// address.
import { useLocation, useNavigate } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { useApp } from '#web/state/app.ts'
import { useFace } from '#web/state/face.ts'
import type { TextKey } from '#web/text/say.ts'
import { Icon, Spark } from './icon.tsx'
import type { IconName } from './icon.tsx'

interface Way {
  readonly label: TextKey
  readonly icon: IconName
  /** What the addresses of its screens begin with. */
  readonly base: string
}

const WAYS: readonly Way[] = [
  { label: 'nav.home', icon: 'home', base: '/' },
  { label: 'nav.terminal', icon: 'terminal', base: '/w' },
  { label: 'nav.runs', icon: 'runs', base: '/runs' },
  { label: 'nav.workspaces', icon: 'boxes', base: '/workspaces' },
  { label: 'nav.devices', icon: 'devices', base: '/devices' },
  { label: 'nav.settings', icon: 'settings', base: '/settings' },
]

export function Nav() {
  const { t } = useFace()
  const { workspaces, approvals, commands } = useApp()
  approvals.watch()
  const location = useLocation()
  const navigate = useNavigate()
  const hrefOf = ({ base }: Way) => (base === '/w' ? `/w/${workspaces.usual()}/t` : base)
  const waiting = ({ base }: Way) => (base === '/runs' ? approvals.items.length : 0)
  const here = ({ base }: Way) =>
    location.pathname === base || (base !== '/' && location.pathname.startsWith(`${base}/`))
  commands.offer(() =>
    WAYS.filter((way) => !here(way)).map((way) => ({
      id: way.label,
      label: 'nav.go',
      values: { name: t(way.label) },
      icon: way.icon,
      run: () => navigate(hrefOf(way)),
    })),
  )

  return (
    <nav class="nav" aria-label={t('nav.label')}>
      <Spark />
      <ul>
        <For each={WAYS}>
          {(way) => (
            <li>
              <a class="nav-link" href={hrefOf(way)} aria-current={here(way) ? 'page' : undefined}>
                <Icon name={way.icon} />
                <span>{t(way.label)}</span>
                <Show when={waiting(way)}>
                  {(count) => (
                    <strong class="nav-badge">
                      <span aria-hidden="true">{count() > 99 ? '99+' : count()}</span>
                      <span class="unseen">{t('nav.waiting', { n: count() })}</span>
                    </strong>
                  )}
                </Show>
              </a>
            </li>
          )}
        </For>
      </ul>
    </nav>
  )
}
