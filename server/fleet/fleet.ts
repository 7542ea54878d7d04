// What a fleet does with workspaces, whether their sandboxes are this process's or another server's.
import type { Duplex } from 'node:stream'
import type { WorkspaceUsage } from '#dsl/powers/workspaces.ts'
import type { WorkspaceRow } from '#server/store/workspaces.ts'
import type { RuntimeLink } from './link.ts'

export interface Fleet {
  /** Faults: conflict (the name is taken); as `start`, and then there is no workspace. */
  create(
    owner: string,
    name: string,
    repo: string | undefined,
    more?: { readonly id?: string; readonly branch?: string | undefined },
  ): Promise<WorkspaceRow>
  list(owner: string): Promise<WorkspaceRow[]>
  /** By id or name among the owner's; the default one, made on first use, when left out. Faults: not_found. */
  find(owner: string, idOrName: string | undefined): Promise<WorkspaceRow>
  /** Its live link, the sandbox started when it is not running. Faults: as `start`. */
  reach(row: WorkspaceRow, signal: AbortSignal): Promise<RuntimeLink>
  /** Its live link, when it runs. Faults: conflict (it does not run), unavailable. */
  runningLink(row: WorkspaceRow, signal: AbortSignal): Promise<RuntimeLink>
  /**
   * Idempotent. `branch` is what is checked out where the repository is not there yet. Faults: exhausted (the owner's plan
   * runs no further one), unavailable (with the remedy), denied (there is no such plan).
   */
  start(row: WorkspaceRow, branch?: string): Promise<WorkspaceRow>
  stop(row: WorkspaceRow): Promise<WorkspaceRow>
  remove(row: WorkspaceRow): Promise<void>
  usage(row: WorkspaceRow): Promise<WorkspaceUsage>
  /** What it may reach at most from now on: hosts, or names of the operator's groups. Faults: invalid. */
  narrow(row: WorkspaceRow, allow: readonly string[]): Promise<void>
}

/** The fleet of the server that has the sandboxes. */
export interface HomeFleet extends Fleet {
  /** A further link to its runtime, for another process. Faults: as `reach`, and as `runningLink` without `wake`. */
  guest(row: WorkspaceRow, wake: boolean, signal: AbortSignal): Promise<Duplex>
  /** Stops it when it runs and `isIdle` still says so: no use is lost between question and stop. Answers whether it did. */
  retire(row: WorkspaceRow, isIdle: () => boolean): Promise<boolean>
  /** Finds the sandboxes that outlived the last server; call it once, before the first call. */
  adopt(): Promise<void>
}
