// The first module of the page: the look of everything, then the face itself.
import { render } from 'solid-js/web'
import { Main } from '#web/app.tsx'
import '#web/theme/tokens.css'
import '#web/theme/base.css'
import '#web/theme/controls.css'
import '#web/theme/shell.css'
import '#web/theme/gate.css'
import '#web/theme/screens.css'
import '#web/theme/devices.css'

const root = document.getElementById('root')
if (root) render(() => <Main />, root)

// Browsers have it in secure contexts only; without it an unreachable server shows the browser's own page.
if (import.meta.env.PROD) void navigator.serviceWorker?.register('/sw.js').catch(() => undefined)
