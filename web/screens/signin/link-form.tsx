// Takes a one-time link by hand: an installed app has no address bar to open it in.
import { Show, createSignal } from 'solid-js'
import { useFace } from '#web/state/face.ts'
import { codeOf } from '#web/state/fragment.ts'
import type { Found } from '#web/state/fragment.ts'

export function LinkForm(props: { onFound: (found: Found) => void }) {
  const { t } = useFace()
  const [bad, setBad] = createSignal(false)
  const [text, setText] = createSignal('')

  function open(event: SubmitEvent): void {
    event.preventDefault()
    const found = codeOf(text())
    if (found) return props.onFound(found)
    setBad(true)
  }

  return (
    <form class="form" onSubmit={open}>
      <div class="field">
        <label for="link">{t('signin.link.label')}</label>
        <div class="field-row">
          <input
            id="link"
            type="text"
            inputmode="url"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            placeholder={`${location.origin}/#link=…`}
            required
            aria-invalid={bad()}
            aria-describedby={bad() ? 'link-bad' : undefined}
            value={text()}
            onInput={(event) => {
              setText(event.currentTarget.value)
              setBad(false)
            }}
          />
          <button class="button" type="submit">
            {t('signin.link.go')}
          </button>
        </div>
        <Show when={bad()}>
          <p class="hint wrong" id="link-bad" role="alert">
            {t('signin.link.bad')}
          </p>
        </Show>
      </div>
    </form>
  )
}
