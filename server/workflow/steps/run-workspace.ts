// The sandboxed workspace of a run: made at its first step that needs one, found again after a crash. It never touches
// a workspace of a person.
import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { Fault, toFault } from '#dsl/fault.ts'
import type { RuntimeLink } from '#server/fleet/link.ts'
import type { Fleet } from '#server/fleet/fleet.ts'
import { OWN, OWN_SHELL } from '#server/fleet/own-grant.ts'
import type { WorkspaceRow } from '#server/store/workspaces.ts'
import type { RunFacts } from '#server/workflow/step-runner.ts'
import type { AskFiles } from './matched-files.ts'

/** How long a runtime that should be here may take to answer. */
const LINK_MS = 15_000
const TRIES = 4
const AGAIN_MS = 200

/** What is needed of a run to find its workspace. */
export type OwnedRun = Pick<RunFacts, 'id' | 'owner'>

/** One line of shell. */
export type AskShell = (cmd: string) => Promise<{ readonly exitCode: number; readonly stdout: string }>

export interface RunWorkspaces {
  /** Running, with the repository in it. Faults: as workspace.create. */
  ready(run: RunFacts): Promise<WorkspaceRow>
  find(run: OwnedRun): Promise<WorkspaceRow | undefined>
  /** Asks for ops on its files in the server's own name: what a workflow declares, no plan decides. */
  files(run: OwnedRun, signal: AbortSignal): AskFiles
  /** Runs commands below /work in the server's own name, which no plan judges; the sandbox still does. */
  shell(run: OwnedRun, signal: AbortSignal): AskShell
  /** Ends every command of its steps that still runs; what a person started in a terminal goes on. Idempotent. */
  quiet(run: OwnedRun): Promise<void>
  /** Whether a terminal is open in it. Faults: unavailable (it runs and does not answer). */
  hasTerminal(run: OwnedRun): Promise<boolean>
  /** Idempotent. */
  remove(run: OwnedRun): Promise<void>
}

export function runWorkspaces(
  fleet: Pick<Fleet, 'create' | 'find' | 'start' | 'remove' | 'reach' | 'runningLink' | 'narrow'>,
): RunWorkspaces {
  /** Steps of one run that start together make one workspace. */
  const making = new Map<string, Promise<WorkspaceRow>>()

  async function find(run: OwnedRun): Promise<WorkspaceRow | undefined> {
    const id = workspaceId(run)
    try {
      const row = await fleet.find(run.owner, id)
      return row.id === id ? row : undefined
    } catch (error) {
      if (error instanceof Fault && error.code === 'not_found') return undefined
      throw error
    }
  }

  async function make(run: RunFacts): Promise<WorkspaceRow> {
    const found = await find(run)
    if (found) return fleet.start(found, run.branch)
    if (run.home !== undefined)
      throw new Fault(
        'conflict',
        'The workspace that this run was to go on in is gone. Run it again from the start.',
      )
    const id = workspaceId(run)
    const create = (name: string) =>
      fleet.create(run.owner, name, run.repo, {
        id,
        ...(run.branch === undefined ? {} : { branch: run.branch }),
      })
    try {
      return await create(workspaceName(run))
    } catch (error) {
      const taken = takenBy(error)
      if (taken === 'name') return create(`${workspaceName(run)}-${id.slice(-6)}`)
      // A step of it in another process came first.
      const row = taken === 'id' ? await find(run) : undefined
      if (row === undefined) throw error
      return fleet.start(row, run.branch)
    }
  }

  /** What another step's failed making took away, or a sandbox that died young, is made anew: nothing has happened in it. */
  async function makeSurely(run: RunFacts): Promise<WorkspaceRow> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await make(run)
      } catch (error) {
        const { code } = toFault(error)
        if (attempt === TRIES || (code !== 'not_found' && code !== 'unavailable')) throw error
        await wait(attempt * AGAIN_MS)
      }
    }
  }

  /** Faults: not_found (it is gone), as `Fleet.reach`. */
  async function reach(run: OwnedRun, signal: AbortSignal): Promise<RuntimeLink> {
    const row = await find(run)
    if (!row) throw new Fault('not_found', 'The workspace of the run is gone.')
    return fleet.reach(row, signal)
  }

  /** Undefined when it does not run. */
  async function linkOf(run: OwnedRun): Promise<RuntimeLink | undefined> {
    const row = await find(run)
    if (row?.state !== 'running') return undefined
    return fleet.runningLink(row, AbortSignal.timeout(LINK_MS)).catch(isAsleep)
  }

  return {
    find,
    async ready(run) {
      const made = making.get(run.id) ?? makeSurely(run)
      making.set(run.id, made)
      try {
        const row = await made
        // Only now: the repository is the operator's business to fetch, not the policy's.
        const allow = run.workflow.policy.egress_allow
        if (allow !== undefined) await fleet.narrow(row, allow)
        return row
      } finally {
        if (making.get(run.id) === made) making.delete(run.id)
      }
    },
    files: (run, signal) => async (op, input) => ask(await reach(run, signal), op, input, signal),
    shell: (run, signal) => async (cmd) => {
      const link = await reach(run, signal)
      let stdout = ''
      const emit = (event: unknown) => {
        const { type, data } = event as { type?: unknown; data?: unknown }
        if (type === 'stdout' && typeof data === 'string') stdout += data
        return Promise.resolve()
      }
      // `..` of the repository is /work.
      const input = { cmd, cwd: '..' }
      const { exitCode } = await link.call({ op: 'exec', input, grant: OWN_SHELL, streams: [], signal, emit })
      return { exitCode: Number(exitCode), stdout }
    },
    async quiet(run) {
      const link = await linkOf(run)
      link?.cancelOnce(`${run.id}/`)
    },
    async hasTerminal(run) {
      const link = await linkOf(run)
      if (!link) return false
      const { ptys } = await ask(link, 'pty.list', {}, AbortSignal.timeout(LINK_MS))
      return (ptys as { exitCode?: number }[]).some(({ exitCode }) => exitCode === undefined)
    },
    async remove(run) {
      const row = await find(run)
      if (row) await fleet.remove(row)
    },
  }
}

/** One op in the server's own name. */
function ask(link: RuntimeLink, op: string, input: Record<string, unknown>, signal: AbortSignal) {
  return link.call({ op, input, grant: OWN, streams: [], signal, emit: () => Promise.resolve() })
}

/** Nothing of a step runs in a workspace that was stopped meanwhile. */
function isAsleep(error: unknown): undefined {
  if (!(error instanceof Fault) || error.code !== 'conflict') throw error
}

/** The same for every delivery of every step, so that a crash leaves no second one. `w…` are those of people. */
export function workspaceId({ id, home }: Pick<RunFacts, 'id' | 'home'>): string {
  return `r${createHash('sha256')
    .update(home ?? id)
    .digest('hex')
    .slice(0, 24)}`
}

/** By the id of a workspace: only runs have such. */
export const isOfRun = (id: string): boolean => /^r[0-9a-f]{24}$/.test(id)

/** `run-nightly-12`, within the rules for names. */
export function workspaceName({ name, number }: RunFacts): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '')
  return ['run', ...(slug === '' ? [] : [slug]), String(number)].join('-')
}

function takenBy(error: unknown): unknown {
  if (!(error instanceof Fault) || error.code !== 'conflict') return undefined
  return (error.data as { reason?: unknown } | undefined)?.reason
}
