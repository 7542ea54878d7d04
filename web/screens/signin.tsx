// The first screen: trades the one-time link for a session, or explains where the link is.
import { Show, createSignal, onMount } from 'solid-js'
import { languageOf, say } from '#web/text/say.ts'

const TIMEOUT_MS = 10_000

export function SignIn(props: { code: string | undefined }) {
  const language = languageOf(navigator.language)
  const [news, setNews] = createSignal('')
  const [fault, setFault] = createSignal('')

  async function open(code: string): Promise<void> {
    setNews(say(language, 'signin.busy'))
    const answer = await fetch('/auth/link', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch(() => undefined)
    setNews(answer?.ok ? say(language, 'signin.done') : '')
    if (!answer) setFault(say(language, 'signin.offline'))
    else if (!answer.ok) setFault(say(language, 'signin.refused', { n: answer.status }))
  }

  onMount(() => {
    document.documentElement.lang = language
    if (props.code) void open(props.code)
  })

  return (
    <main class="gate">
      <img src="/icon.svg" alt="" />
      <h1>{news() || say(language, 'signin.title')}</h1>
      <Show when={fault()}>
        <p class="fault" role="alert">
          {fault()}
        </p>
      </Show>
      <Show when={!news()}>
        <p>{say(language, 'signin.body')}</p>
        <p>
          {say(language, 'signin.where')} <code>/#link=…</code>
        </p>
      </Show>
    </main>
  )
}
