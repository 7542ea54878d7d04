// What every screen may use, handed down by context: the calls, the session, the preferences, the live workspaces.
import { createContext, useContext } from 'solid-js'
import type { OpInput, OpName, OpOutput } from '#dsl/catalog.ts'
import type { createPreferences } from './preferences.ts'
import type { Session } from './session.ts'
import type { Workspaces } from './workspaces.ts'

/** Calls an op; rejects with its Fault. */
export type Call = <N extends OpName>(op: N, input: OpInput<N>) => Promise<OpOutput<N>>

export interface App {
  readonly call: Call
  readonly session: Session
  readonly preferences: ReturnType<typeof createPreferences>
  readonly workspaces: Workspaces
}

export const AppContext = createContext<App>()

export function useApp(): App {
  const app = useContext(AppContext)
  if (!app) throw new Error('This component is drawn outside of the app.')
  return app
}
