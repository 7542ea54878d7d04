// The gate: a one-time link or a code from another device opens it. It says why it is shut, when it knows.
import { Match, Switch, createEffect } from 'solid-js'
import { useFace } from '#web/state/face.ts'
import type { Found } from '#web/state/fragment.ts'
import { sentenceOf } from '#web/text/fault.ts'
import { Spark } from '#web/ui/icon.tsx'
import { Notice } from '#web/ui/notice.tsx'
import { LinkForm } from './link-form.tsx'
import { PairForm } from './pair-form.tsx'

export interface SignInProps {
  /** What the address led here with. */
  readonly found: Found | undefined
  readonly onFound: (found: Found | undefined) => void
}

export function SignIn(props: SignInProps) {
  const { t } = useFace()
  createEffect(() => (document.title = `${t('signin.title')} · Chispart`))

  return (
    <main class="gate">
      <Spark />
      <Switch>
        <Match when={props.found?.kind === 'pair' && props.found} keyed>
          {(found) => (
            <>
              <h1>{t('pair.title')}</h1>
              <PairForm code={found.code} />
              <button class="button quiet" type="button" onClick={() => props.onFound(undefined)}>
                {t('signin.other')}
              </button>
            </>
          )}
        </Match>
        <Match when={true}>
          <h1>{t('signin.title')}</h1>
          <WhyShut />
          <section class="gate-way" aria-labelledby="by-link">
            <h2 id="by-link">{t('signin.link.title')}</h2>
            <p class="soft">{t('signin.link.body')}</p>
            <LinkForm onFound={(found) => props.onFound(found)} />
          </section>
          <section class="gate-way" aria-labelledby="by-code">
            <h2 id="by-code">{t('pair.instead')}</h2>
            <p class="soft">{t('pair.where')}</p>
            <PairForm code="" />
          </section>
        </Match>
      </Switch>
    </main>
  )
}

function WhyShut() {
  const { session, t } = useFace()
  return (
    <Switch>
      <Match when={session.refused()?.code === 'unauthenticated'}>
        <Notice
          sentence={t('signin.used')}
          remedies={[t('signin.used.remedy'), t('signin.used.remedy.pair')]}
        />
      </Match>
      <Match when={session.refused()}>
        {(fault) => <Notice sentence={sentenceOf(fault(), t)} remedies={[]} />}
      </Match>
      <Match when={session.ended()}>
        <Notice sentence={t('signin.ended')} remedies={[t('signin.ended.remedy')]} />
      </Match>
    </Switch>
  )
}
