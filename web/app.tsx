// The app: who is signed in decides between the gate and the screens; each screen has its own URL.
import { Route, Router } from '@solidjs/router'
import { Match, Switch, onMount } from 'solid-js'
import type { JSX } from 'solid-js'
import { Home } from '#web/screens/home.tsx'
import { Lost } from '#web/screens/lost.tsx'
import { Offline } from '#web/screens/offline.tsx'
import { SignIn } from '#web/screens/signin.tsx'
import { AppContext } from '#web/state/app.ts'
import type { Call } from '#web/state/app.ts'
import type { codeOf } from '#web/state/fragment.ts'
import { request } from '#web/state/http.ts'
import { createPreferences } from '#web/state/preferences.ts'
import { createSession } from '#web/state/session.ts'
import { createWorkspaces } from '#web/state/workspaces.ts'
import { Nav } from '#web/ui/nav.tsx'

export function Main(props: { found: ReturnType<typeof codeOf> }) {
  const call: Call = (op, input) => request(`/api/ops/${op}`, { body: input }) as never
  const session = createSession()
  const preferences = createPreferences(localStorage)
  const app = { call, session, preferences, workspaces: createWorkspaces(call) }
  onMount(() => !props.found && void session.check())

  return (
    <AppContext.Provider value={app}>
      <Switch>
        <Match when={session.state() === 'in'}>
          <Screens />
        </Match>
        <Match when={props.found || session.state() === 'out'}>
          <SignIn found={props.found} />
        </Match>
        <Match when={session.state() === 'offline'}>
          <Offline />
        </Match>
      </Switch>
    </AppContext.Provider>
  )
}

function Screens() {
  return (
    <Router root={Shell}>
      <Route path="/" component={Home} />
      <Route path="*" component={Lost} />
    </Router>
  )
}

function Shell(props: { children?: JSX.Element }) {
  return (
    <div class="shell">
      <Nav />
      <main class="shell-main">{props.children}</main>
    </div>
  )
}
