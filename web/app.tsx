// The app: who is signed in decides between the gate and the screens; each screen has its own URL.
import { Route, Router } from '@solidjs/router'
import { Match, Switch, createEffect, lazy, onCleanup, onMount } from 'solid-js'
import type { JSX } from 'solid-js'
import { createLink, rpcUrl } from '#web/link/link.ts'
import { Home } from '#web/screens/home.tsx'
import { Lost } from '#web/screens/lost.tsx'
import { Offline } from '#web/screens/offline.tsx'
import { SignIn } from '#web/screens/signin.tsx'
import { AppContext } from '#web/state/app.ts'
import { createCommands } from '#web/state/commands.ts'
import { FaceContext, useFace } from '#web/state/face.ts'
import type { codeOf } from '#web/state/fragment.ts'
import { createPreferences } from '#web/state/preferences.ts'
import { createSession } from '#web/state/session.ts'
import { createWorkspaces } from '#web/state/workspaces.ts'
import { Keys } from '#web/ui/keys.tsx'
import { Nav } from '#web/ui/nav.tsx'

// A person on any other screen never waits for the code of terminals.
const TerminalsScreen = lazy(() =>
  import('#web/screens/terminals/screen.tsx').then((screen) => ({ default: screen.TerminalsScreen })),
)

export function Main(props: { found: ReturnType<typeof codeOf> }) {
  const session = createSession()
  onMount(() => !props.found && void session.check())
  return (
    <FaceContext.Provider value={{ session, preferences: createPreferences(localStorage) }}>
      <Switch>
        <Match when={session.state() === 'in'}>
          <SignedIn />
        </Match>
        <Match when={session.state() === 'out' || props.found}>
          <SignIn found={session.state() === 'out' ? undefined : props.found} />
        </Match>
        <Match when={session.state() === 'offline'}>
          <Offline />
        </Match>
      </Switch>
    </FaceContext.Provider>
  )
}

function SignedIn() {
  const { session } = useFace()
  const link = createLink({ url: rpcUrl(location) })
  onCleanup(() => link.close())
  createEffect(() => link.state() === 'signed-out' && session.lose())
  const commands = createCommands()
  const app = { link, call: link.call, workspaces: createWorkspaces(link.call), commands }

  return (
    <AppContext.Provider value={app}>
      <Router root={Shell}>
        <Route path="/" component={Home} />
        <Route path="/w/:workspace/t/:pty?" component={TerminalsScreen} />
        <Route path="*" component={Lost} />
      </Router>
    </AppContext.Provider>
  )
}

function Shell(props: { children?: JSX.Element }) {
  return (
    <div class="shell">
      <Nav />
      <main class="shell-main">{props.children}</main>
      <Keys />
    </div>
  )
}
