// What every screen of a signed-in person may use, by context: the link and its calls, the live workspaces, what
// waits for them, and the commands.
import { createContext, useContext } from 'solid-js'
import type { Call } from '#web/link/call.ts'
import type { Link } from '#web/link/link.ts'
import type { Approvals } from './approvals.ts'
import type { Commands } from './commands.ts'
import type { Workspaces } from './workspaces.ts'

export interface App {
  readonly link: Link
  readonly call: Call
  readonly workspaces: Workspaces
  readonly approvals: Approvals
  readonly commands: Commands
}

export const AppContext = createContext<App>()

export function useApp(): App {
  const app = useContext(AppContext)
  if (!app) throw new Error('This component is drawn outside of the app.')
  return app
}
