// The first screen: trades the one-time link or a pairing code for a session, or explains where they are.
import { Match, Show, Switch, createSignal, onCleanup, onMount, untrack } from 'solid-js'
import type { Fault } from '#dsl/fault.ts'
import { useFace } from '#web/state/face.ts'
import { deviceName } from '#web/state/session.ts'
import { Icon, Spark } from '#web/ui/icon.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'

export function SignIn(props: { found: { kind: 'link' | 'pair'; code: string } | undefined }) {
  const { session, t } = useFace()
  const [busy, setBusy] = createSignal(untrack(() => props.found?.kind === 'link'))
  const [fault, setFault] = createSignal<Fault>()

  async function redeem(code: string): Promise<void> {
    setFault(await session.link(code))
    setBusy(false)
  }
  onMount(() => {
    if (props.found?.kind === 'link') void redeem(props.found.code)
  })

  return (
    <main class="gate">
      <Spark />
      <Switch>
        <Match when={busy()}>
          <h1 aria-live="polite">{t('signin.busy')}</h1>
        </Match>
        <Match when={props.found?.kind === 'pair'}>
          <h1>{t('pair.title')}</h1>
          <PairForm code={props.found?.code ?? ''} />
        </Match>
        <Match when={true}>
          <h1>{t('signin.title')}</h1>
          <FaultNotice fault={fault()} />
          <p class="soft">
            {t('signin.body')} <code>/#link=…</code>
          </p>
          <section class="gate-pair">
            <h2>{t('pair.instead')}</h2>
            <p class="soft">{t('pair.where')}</p>
            <PairForm code="" />
          </section>
        </Match>
      </Switch>
    </main>
  )
}

function PairForm(props: { code: string }) {
  const { session, t } = useFace()
  const [code, setCode] = createSignal(untrack(() => props.code))
  const [name, setName] = createSignal(deviceName(navigator.userAgent))
  const [waiting, setWaiting] = createSignal<AbortController>()
  const [fault, setFault] = createSignal<Fault>()
  onCleanup(() => waiting()?.abort())

  async function pair(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    const controller = new AbortController()
    setFault(undefined)
    setWaiting(controller)
    const refused = await session.pair({ code: code(), name: name().trim() }, controller.signal)
    setWaiting(undefined)
    if (refused?.code !== 'cancelled') setFault(refused)
  }

  return (
    <form class="form" onSubmit={(event) => void pair(event)}>
      <FaultNotice fault={fault()} />
      <Show
        when={!waiting()}
        fallback={
          <p class="waiting" role="status">
            <span class="dot busy" />
            {t('pair.waiting')}
          </p>
        }
      >
        <div class="field">
          <label for="pair-code">{t('pair.code')}</label>
          <input
            id="pair-code"
            class="code-input"
            inputmode="numeric"
            autocomplete="one-time-code"
            pattern="[0-9]{6}"
            maxlength="6"
            required
            value={code()}
            onInput={(event) => setCode(event.currentTarget.value)}
          />
        </div>
        <div class="field">
          <label for="pair-name">{t('pair.name')}</label>
          <input
            id="pair-name"
            maxlength="60"
            required
            value={name()}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </div>
      </Show>
      <div class="actions">
        <Show
          when={waiting()}
          fallback={
            <button class="button primary" type="submit">
              <Icon name="devices" />
              {t('pair.go')}
            </button>
          }
        >
          {(controller) => (
            <button class="button" type="button" onClick={() => controller().abort()}>
              {t('cancel')}
            </button>
          )}
        </Show>
      </div>
    </form>
  )
}
