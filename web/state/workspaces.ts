// The workspaces and, of those that run, the terminals. Asked again while anybody looks; it never guesses a state.
import { createSignal, onCleanup } from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import type { OpOutput } from '#dsl/catalog.ts'
import { toFault } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'
import type { Call } from '#web/link/call.ts'

export type Workspace = OpOutput<'workspace.list'>['workspaces'][number]
export type Terminal = OpOutput<'pty.list'>['ptys'][number]
export interface LiveWorkspace extends Workspace {
  /** Empty unless it runs. */
  readonly terminals: Terminal[]
}

/** Milliseconds between looks: another device may start a workspace or open a terminal. */
const LOOK_MS = 4_000

export function createWorkspaces(call: Call) {
  const [list, setList] = createStore<LiveWorkspace[]>([])
  const [known, setKnown] = createSignal(false)
  const [fault, setFault] = createSignal<Fault>()

  async function refresh(): Promise<void> {
    try {
      const { workspaces } = await call('workspace.list', {})
      setList(reconcile(await Promise.all(workspaces.map(withTerminals)), { key: 'id' }))
      setKnown(true)
      setFault(undefined)
    } catch (error) {
      setFault(toFault(error))
    }
  }

  async function withTerminals(workspace: Workspace): Promise<LiveWorkspace> {
    if (workspace.state !== 'running') return { ...workspace, terminals: [] }
    const { ptys } = await call('pty.list', { workspace: workspace.id }).catch(() => ({ ptys: [] }))
    return { ...workspace, terminals: ptys.filter((pty) => pty.exitCode === undefined) }
  }

  return {
    list,
    /** False until the first answer. */
    known,
    fault,
    refresh,
    /** Keeps the list fresh while the asking owner lives and its page is visible. */
    watch() {
      void refresh()
      const timer = setInterval(() => document.visibilityState === 'visible' && void refresh(), LOOK_MS)
      onCleanup(() => clearInterval(timer))
    },
    find: (name: string) => list.find((workspace) => workspace.name === name || workspace.id === name),
  }
}

export type Workspaces = ReturnType<typeof createWorkspaces>
