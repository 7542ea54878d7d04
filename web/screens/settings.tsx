// Settings: what this browser looks like, who is signed in on it, and where the server signs in for them.
import { Show, createSignal } from 'solid-js'
import { useFace } from '#web/state/face.ts'
import { FONT_SIZES, THEMES, clampFont } from '#web/state/preferences.ts'
import type { User } from '#web/state/session.ts'
import { Choice } from '#web/ui/choice.tsx'
import { Confirm } from '#web/ui/confirm.tsx'
import { Page } from '#web/ui/page.tsx'
import { Credentials } from './credentials/section.tsx'

const LANGUAGES = ['system', 'en', 'es'] as const
/** A language is called by its own name, so that who reads no other finds it. */
const OWN_NAMES = { en: 'English', es: 'Español' } as const

export function SettingsScreen() {
  const { session, t } = useFace()
  return (
    <Page title={t('settings.title')}>
      <Look />
      <Show when={session.user()}>
        {(user) => (
          <>
            <Credentials user={user()} />
            <Account user={user()} />
          </>
        )}
      </Show>
    </Page>
  )
}

function Look() {
  const { preferences, t } = useFace()
  return (
    <section class="settings" aria-labelledby="look">
      <div>
        <h2 id="look">{t('settings.look')}</h2>
        <p class="soft">{t('settings.body')}</p>
      </div>
      <Choice
        label={t('settings.theme')}
        options={THEMES.map((value) => ({ value, text: t(`settings.theme.${value}`) }))}
        value={preferences.kept.theme}
        onChange={(theme) => preferences.set({ theme })}
      />
      <Choice
        label={t('settings.language')}
        options={LANGUAGES.map((value) => ({
          value,
          text: value === 'system' ? t('settings.language.system') : OWN_NAMES[value],
        }))}
        value={preferences.kept.language ?? 'system'}
        onChange={(language) => preferences.set({ language: language === 'system' ? undefined : language })}
      />
      <LetterSize />
    </section>
  )
}

function LetterSize() {
  const { preferences, t } = useFace()
  const size = () => preferences.kept.fontSize
  return (
    <div class="field">
      <label for="letters">{t('settings.font')}</label>
      <div class="field-row">
        <input
          id="letters"
          type="range"
          min={FONT_SIZES.min}
          max={FONT_SIZES.max}
          value={size()}
          aria-valuetext={t('settings.font.value', { n: size() })}
          onInput={(event) => preferences.set({ fontSize: clampFont(event.currentTarget.valueAsNumber) })}
        />
        <output for="letters">{size()} px</output>
      </div>
      <p class="letters-sample" style={{ 'font-size': `${size()}px` }} aria-hidden="true">
        ~/app <b>$</b> git status
      </p>
    </div>
  )
}

function Account(props: { user: User }) {
  const { session, t } = useFace()
  const [leaving, setLeaving] = createSignal(false)
  return (
    <section class="settings" aria-labelledby="account">
      <h2 id="account">{t('settings.account')}</h2>
      <dl class="pairs">
        <dt>{t('settings.name')}</dt>
        <dd>{props.user.name}</dd>
        <dt>{t('settings.role')}</dt>
        <dd>{t(`settings.role.${props.user.role}`)}</dd>
        <dt>{t('settings.plan')}</dt>
        <dd>
          {props.user.plan} <span class="soft">{t('settings.plan.hint')}</span>
        </dd>
      </dl>
      <div class="actions">
        <button class="button danger" onClick={() => setLeaving(true)}>
          {t('settings.out')}
        </button>
      </div>
      <Confirm
        open={leaving()}
        title={t('settings.out.title')}
        body={t('settings.out.body')}
        verb={t('settings.out')}
        act={session.leave}
        onClose={() => setLeaving(false)}
      />
    </section>
  )
}
