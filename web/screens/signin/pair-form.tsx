// Asks to come in with a code, then waits for the answer of the person who showed it. Leaving ends the wait there too.
import { Show, createSignal, onCleanup, untrack } from 'solid-js'
import type { Fault } from '#dsl/fault.ts'
import { useFace } from '#web/state/face.ts'
import { deviceName } from '#web/state/session.ts'
import { FaultNotice } from '#web/ui/notice.tsx'

export function PairForm(props: { code: string }) {
  const { session, t } = useFace()
  const [code, setCode] = createSignal(untrack(() => digitsOf(props.code)))
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
      <Show when={!waiting()} fallback={<Waiting name={name().trim()} onCancel={() => waiting()?.abort()} />}>
        <div class="field">
          <label for="pair-code">{t('pair.code')}</label>
          <input
            id="pair-code"
            class="code-input"
            inputmode="numeric"
            autocomplete="one-time-code"
            pattern="[0-9]{6}"
            placeholder="000000"
            required
            value={code()}
            onInput={(event) => {
              setCode(digitsOf(event.currentTarget.value))
              event.currentTarget.value = code()
            }}
          />
        </div>
        <div class="field">
          <label for="pair-name">{t('pair.name')}</label>
          <input
            id="pair-name"
            autocomplete="off"
            maxlength="64"
            pattern=".*\S.*"
            required
            aria-describedby="pair-name-hint"
            value={name()}
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <p class="hint" id="pair-name-hint">
            {t('pair.name.hint')}
          </p>
        </div>
        <div class="actions">
          <button class="button primary" type="submit">
            {t('pair.go')}
          </button>
        </div>
      </Show>
    </form>
  )
}

function Waiting(props: { name: string; onCancel: () => void }) {
  const { t } = useFace()
  return (
    <div class="waiting-card" role="status">
      <span class="dot busy" />
      <div>
        <p>
          <strong>{t('pair.waiting')}</strong>
        </p>
        <p class="soft">{t('pair.waiting.body', { name: props.name })}</p>
      </div>
      <button class="button" type="button" onClick={() => props.onCancel()}>
        {t('cancel')}
      </button>
    </div>
  )
}

/** A pasted `123 456` is six digits too. */
const digitsOf = (text: string) => text.replace(/\D/g, '').slice(0, 6)
