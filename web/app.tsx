// The app: who is signed in decides between the gate and the screens; each screen has its own URL.
import { Route, Router, useLocation } from '@solidjs/router'
import { Match, Switch, createEffect, lazy, on, onCleanup } from 'solid-js'
import type { JSX } from 'solid-js'
import { createLink, rpcUrl } from '#web/link/link.ts'
import { DevicesScreen } from '#web/screens/devices/screen.tsx'
import { Home } from '#web/screens/home.tsx'
import { Lost } from '#web/screens/lost.tsx'
import { Offline } from '#web/screens/offline.tsx'
import { SettingsScreen } from '#web/screens/settings.tsx'
import { Checking } from '#web/screens/signin/checking.tsx'
import { SignIn } from '#web/screens/signin/screen.tsx'
import { WorkspacesScreen } from '#web/screens/workspaces/screen.tsx'
import { AppContext } from '#web/state/app.ts'
import { createApprovals } from '#web/state/approvals.ts'
import { createCommands } from '#web/state/commands.ts'
import { FaceContext, useFace } from '#web/state/face.ts'
import { createFound } from '#web/state/fragment.ts'
import { createPreferences } from '#web/state/preferences.ts'
import { createSession } from '#web/state/session.ts'
import { createWorkspaces } from '#web/state/workspaces.ts'
import { Keys } from '#web/ui/keys.tsx'
import { Nav } from '#web/ui/nav.tsx'
import { Signal } from '#web/ui/signal.tsx'

// A person on any other screen never waits for the code of terminals.
const TerminalsScreen = lazy(() =>
  import('#web/screens/terminals/screen.tsx').then((screen) => ({ default: screen.TerminalsScreen })),
)

const RunsScreen = lazy(() =>
  import('#web/screens/runs/list.tsx').then((screen) => ({ default: screen.RunsScreen })),
)
const RunScreen = lazy(() =>
  import('#web/screens/runs/screen.tsx').then((screen) => ({ default: screen.RunScreen })),
)

const WorkflowsScreen = lazy(() =>
  import('#web/screens/workflows/list.tsx').then((screen) => ({ default: screen.WorkflowsScreen })),
)
const WorkflowScreen = lazy(() =>
  import('#web/screens/workflows/edit.tsx').then((screen) => ({ default: screen.WorkflowScreen })),
)

export function Main() {
  const session = createSession()
  const [found, setFound] = createFound()

  function begin(): void {
    const from = found()
    if (from?.kind === 'link') return void session.link(from.code)
    void session.check()
  }
  createEffect(
    on(found, (from) => {
      const isFirst = session.state() === 'checking'
      if (isFirst || (from?.kind === 'link' && session.state() !== 'in')) begin()
    }),
  )
  // What led here is used up by coming in: it must not open or fill anything after signing out.
  createEffect(() => session.state() === 'in' && setFound(undefined))

  return (
    <FaceContext.Provider value={{ session, preferences: createPreferences(localStorage) }}>
      <Switch>
        <Match when={session.state() === 'in'}>
          <SignedIn />
        </Match>
        <Match when={session.state() === 'out'}>
          <SignIn found={found()} onFound={setFound} />
        </Match>
        <Match when={session.state() === 'offline'}>
          <Offline onRetry={begin} />
        </Match>
        <Match when={session.state() === 'checking'}>
          <Checking />
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
  const app = {
    link,
    call: link.call,
    workspaces: createWorkspaces(link),
    approvals: createApprovals(link),
    commands,
  }

  return (
    <AppContext.Provider value={app}>
      <Router root={Shell}>
        <Route path="/" component={Home} />
        <Route path="/w/:workspace/t/:pty?" component={TerminalsScreen} />
        <Route path="/runs" component={RunsScreen} />
        <Route path="/runs/:run/:step?" component={RunScreen} />
        <Route path="/workflows" component={WorkflowsScreen} />
        <Route path="/workflows/edit/:name?" component={WorkflowScreen} />
        <Route path="/workspaces" component={WorkspacesScreen} />
        <Route path="/devices" component={DevicesScreen} />
        <Route path="/settings" component={SettingsScreen} />
        <Route path="*" component={Lost} />
      </Router>
    </AppContext.Provider>
  )
}

function Shell(props: { children?: JSX.Element }) {
  const { t } = useFace()
  const location = useLocation()
  let main: HTMLElement | undefined
  // Each screen begins at its top; a dialog's address is the same screen.
  createEffect(
    on(
      () => location.pathname,
      () => main?.scrollTo(0, 0),
      { defer: true },
    ),
  )

  return (
    <div class="shell">
      <button class="button skip" onClick={() => main?.focus()}>
        {t('nav.skip')}
      </button>
      <Nav />
      <main class="shell-main" id="main" tabindex="-1" ref={(element) => (main = element)}>
        {props.children}
      </main>
      <Signal />
      <Keys />
    </div>
  )
}
