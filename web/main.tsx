// The first module of the page: takes the one-time code out of the URL before anything else, then draws.
import { render } from 'solid-js/web'
import { Main } from '#web/app.tsx'
import { codeOf } from '#web/state/fragment.ts'
import '#web/theme/tokens.css'
import '#web/theme/base.css'
import '#web/theme/controls.css'
import '#web/theme/shell.css'
import '#web/theme/gate.css'
import '#web/theme/screens.css'

const found = codeOf(location.hash)
if (found) history.replaceState(null, '', location.pathname + location.search)

const root = document.getElementById('root')
if (root) render(() => <Main found={found} />, root)
