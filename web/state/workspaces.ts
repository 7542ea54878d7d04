// The workspaces and, of those that run, the terminals. Asked again while anybody looks; it never guesses a state.
import type { OpOutput } from '#dsl/catalog.ts'
import type { Link } from '#web/link/link.ts'
import { createList } from './list.ts'

export type Workspace = OpOutput<'workspace.list'>['workspaces'][number]
export type Terminal = OpOutput<'pty.list'>['ptys'][number]
export interface LiveWorkspace extends Workspace {
  /** Empty unless it runs. */
  readonly terminals: Terminal[]
}

/** Milliseconds between looks: another device may start a workspace or open a terminal. */
const LOOK_MS = 4_000
/** The workspace of a person who has none yet. */
const FIRST_NAME = 'default'

export function createWorkspaces(link: Link) {
  const { items, ...rest } = createList<LiveWorkspace>({
    link,
    everyMs: LOOK_MS,
    async ask() {
      const { workspaces } = await link.call('workspace.list', {})
      return Promise.all(workspaces.map(withTerminals))
    },
  })

  async function withTerminals(workspace: Workspace): Promise<LiveWorkspace> {
    if (workspace.state !== 'running') return { ...workspace, terminals: [] }
    // It may have stopped in between.
    const { ptys } = await link.call('pty.list', { workspace: workspace.id }).catch(() => ({ ptys: [] }))
    return { ...workspace, terminals: ptys.filter((pty) => pty.exitCode === undefined) }
  }

  const live = () => items.filter((workspace) => workspace.state !== 'stopped')
  return {
    ...rest,
    list: items,
    /** Those that run, or are about to. */
    live,
    /** The name of the one that a new terminal opens in. */
    usual: () => {
      const own = ({ ofRun }: Workspace) => !ofRun
      return (live().find(own) ?? items.find(own))?.name ?? FIRST_NAME
    },
    find: (name: string) => items.find((workspace) => workspace.name === name || workspace.id === name),
  }
}

export type Workspaces = ReturnType<typeof createWorkspaces>
