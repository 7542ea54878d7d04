// The first module of the page: takes the one-time code out of the URL before anything else, then draws.
import { render } from 'solid-js/web'
import { SignIn } from '#web/screens/signin.tsx'
import { codeOf } from '#web/state/fragment.ts'
import '#web/theme/tokens.css'

const found = codeOf(location.hash)
if (found) history.replaceState(null, '', location.pathname + location.search)

const root = document.getElementById('root')
if (root) render(() => <SignIn code={found?.kind === 'link' ? found.code : undefined} />, root)
