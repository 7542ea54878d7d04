// Credentials, as a part of the settings: which addresses the server signs in to in the person's name, and the way to add or
// forget one. No secret is ever shown.
import { For, Show, createSignal } from 'solid-js'
import { useApp } from '#web/state/app.ts'
import { createCredentials } from '#web/state/credentials.ts'
import type { Credential } from '#web/state/credentials.ts'
import { useDialog } from '#web/state/dialog.ts'
import { useFace } from '#web/state/face.ts'
import type { User } from '#web/state/session.ts'
import { Confirm } from '#web/ui/confirm.tsx'
import { Icon } from '#web/ui/icon.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'
import { AddCredential } from './add.tsx'

export function Credentials(props: { user: User }) {
  const { t } = useFace()
  const { link, call } = useApp()
  const credentials = createCredentials(link)
  const adding = useDialog('credential')
  const [leaving, setLeaving] = createSignal<Credential>()
  credentials.watch()
  const isOwner = () => props.user.role === 'owner'

  async function remove(): Promise<void> {
    await call('credential.remove', { credential: leaving()?.id ?? '' })
    await credentials.refresh()
  }

  return (
    <section class="settings" aria-labelledby="credentials">
      <div>
        <h2 id="credentials">{t('credentials.title')}</h2>
        <p class="soft">{t('credentials.body')}</p>
      </div>
      <FaultNotice fault={credentials.fault()} />
      <Show when={credentials.items.length}>
        <ul class="cards">
          <For each={credentials.items}>
            {(one) => (
              <Row credential={one} mayRemove={!one.everyone || isOwner()} onRemove={() => setLeaving(one)} />
            )}
          </For>
        </ul>
      </Show>
      <div class="actions">
        <button class="button" onClick={adding.open}>
          <Icon name="plus" />
          {t('credentials.add')}
        </button>
      </div>
      <AddCredential
        open={adding.isOpen()}
        forEverybody={isOwner()}
        onClose={adding.close}
        onDone={() => {
          adding.close()
          void credentials.refresh()
        }}
      />
      <Confirm
        open={leaving() !== undefined}
        title={t('credentials.remove.title', { address: leaving()?.address ?? '' })}
        body={t('credentials.remove.body')}
        verb={t('credentials.remove')}
        act={remove}
        onClose={() => setLeaving(undefined)}
      />
    </section>
  )
}

interface RowProps {
  readonly credential: Credential
  readonly mayRemove: boolean
  readonly onRemove: () => void
}

function Row(props: RowProps) {
  const { t } = useFace()
  const { workspaces } = useApp()
  const workspace = () => {
    const { workspace: id } = props.credential
    return workspaces.list.find((one) => one.id === id)?.name ?? id
  }
  return (
    <li class="row">
      <div class="row-text">
        <h3>
          {props.credential.address}
          <Show when={props.credential.everyone}>
            <span class="badge">{t('credentials.everyone')}</span>
          </Show>
        </h3>
        <p class="soft facts">
          <span>{t(props.credential.write ? 'credentials.writes' : 'credentials.reads')}</span>
          <Show when={props.credential.username}>
            {(name) => <span>{t('credentials.as', { name: name() })}</span>}
          </Show>
          <Show when={workspace()}>{(name) => <span>{t('credentials.only', { name: name() })}</span>}</Show>
          <span>{t('credentials.fingerprint', { print: props.credential.fingerprint })}</span>
        </p>
      </div>
      <Show when={props.mayRemove}>
        <button
          class="button quiet"
          aria-label={t('credentials.remove.named', { address: props.credential.address })}
          onClick={() => props.onRemove()}
        >
          {t('credentials.remove')}
        </button>
      </Show>
    </li>
  )
}
