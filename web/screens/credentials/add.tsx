// The dialog that hands the server a credential. The secret goes into one call, and is nowhere in the page after that.
import { For, Show, createSignal } from 'solid-js'
import { createAct } from '#web/state/act.ts'
import { useApp } from '#web/state/app.ts'
import { useFace } from '#web/state/face.ts'
import { Choice } from '#web/ui/choice.tsx'
import { Dialog } from '#web/ui/dialog.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'

export interface AddCredentialProps {
  readonly open: boolean
  /** Whether the person may set one for everybody. */
  readonly forEverybody: boolean
  readonly onClose: () => void
  readonly onDone: () => void
}

export function AddCredential(props: AddCredentialProps) {
  const { t } = useFace()
  return (
    <Dialog
      open={props.open}
      title={t('credentials.add')}
      body={t('credentials.add.body')}
      onClose={() => props.onClose()}
    >
      <Form {...props} />
    </Dialog>
  )
}

function Form(props: AddCredentialProps) {
  const { t } = useFace()
  const { call, workspaces } = useApp()
  const [may, setMay] = createSignal<'read' | 'write'>('read')

  const { busy, fault, go } = createAct(async (form: HTMLFormElement) => {
    const said = new FormData(form)
    const text = (name: string) => String(said.get(name) ?? '').trim()
    const [username, who] = [text('username'), text('who')]
    await call('credential.set', {
      address: text('address'),
      secret: text('secret'),
      write: may() === 'write',
      everyone: who === EVERYBODY,
      ...(username && { username }),
      ...(who !== '' && who !== EVERYBODY && { workspace: who }),
    })
    form.reset()
    props.onDone()
  })

  return (
    <form
      class="form"
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault()
        void go(event.currentTarget)
      }}
    >
      <FaultNotice fault={fault()} />
      <div class="field">
        <label for="credential-address">{t('credentials.address')}</label>
        <input
          id="credential-address"
          name="address"
          type="url"
          required
          pattern="https://.+"
          placeholder="https://github.com/"
          aria-describedby="credential-address-hint"
        />
        <p class="hint" id="credential-address-hint">
          {t('credentials.address.hint')}
        </p>
      </div>
      <div class="field">
        <label for="credential-secret">{t('credentials.secret')}</label>
        <input
          id="credential-secret"
          name="secret"
          type="password"
          required
          minlength="8"
          autocomplete="new-password"
        />
      </div>
      <div class="field">
        <label for="credential-username">{t('credentials.username')}</label>
        <input
          id="credential-username"
          name="username"
          autocapitalize="none"
          spellcheck={false}
          aria-describedby="credential-username-hint"
        />
        <p class="hint" id="credential-username-hint">
          {t('credentials.username.hint')}
        </p>
      </div>
      <div class="field">
        <label for="credential-who">{t('credentials.who')}</label>
        <select id="credential-who" name="who">
          <option value="">{t('credentials.who.all')}</option>
          <Show when={props.forEverybody}>
            <option value={EVERYBODY}>{t('credentials.who.everyone')}</option>
          </Show>
          <For each={workspaces.list.filter(({ ofRun }) => !ofRun)}>
            {(one) => <option value={one.id}>{t('credentials.only', { name: one.name })}</option>}
          </For>
        </select>
      </div>
      <Choice
        label={t('credentials.may')}
        options={[
          { value: 'read', text: t('credentials.may.read') },
          { value: 'write', text: t('credentials.may.write') },
        ]}
        value={may()}
        onChange={setMay}
      />
      <div class="actions end">
        <button class="button quiet" type="button" onClick={() => props.onClose()}>
          {t('cancel')}
        </button>
        <button class="button primary" type="submit" disabled={busy()}>
          {busy() ? t('busy') : t('save')}
        </button>
      </div>
    </form>
  )
}

/** No workspace has such an id. */
const EVERYBODY = '*'
