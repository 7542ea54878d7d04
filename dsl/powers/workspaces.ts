// The power over workspaces: sandboxes with a name, an owner and files that last. Only the control plane has it.

export interface WorkspaceInfo {
  readonly id: string
  readonly name: string
  readonly state: 'stopped' | 'starting' | 'running'
  /** The repository it was made from; absent for an empty one. */
  readonly repo?: string
  readonly driver: string
  /** Made for a run of a workflow, which removes it when it succeeds. */
  readonly ofRun: boolean
  /** ISO 8601. */
  readonly createdAt: string
}

export interface Workspaces {
  /** Clones `repo` into /work/app when given, else starts an empty repository there. Faults: conflict (the name is taken). */
  create(spec: { name: string; repo?: string | undefined }): Promise<WorkspaceInfo>
  list(): Promise<WorkspaceInfo[]>
  /** By id or name, among the caller's own. */
  start(workspace: string): Promise<WorkspaceInfo>
  /** Ends every process in it; files stay. */
  stop(workspace: string): Promise<WorkspaceInfo>
  /** Stops it and deletes its files. */
  remove(workspace: string): Promise<void>
}
