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
  /** Why it is stopped, when nobody asked for that; `oom`: it ran out of memory, `idle`: nobody used it for long. */
  readonly endedBy?: 'exited' | 'oom' | 'killed' | 'idle'
  /** ISO 8601. */
  readonly createdAt: string
}

export interface WorkspaceUsage {
  /** ISO 8601. */
  readonly at: string
  readonly limits: {
    /** Cores. */
    readonly cpus: number
    readonly memoryBytes: number
    readonly diskBytes: number
    /** Read, and as much written, in a second; absent: as fast as the disk goes. */
    readonly diskBytesPerSecond?: number | undefined
    /** Processes and threads. */
    readonly pids: number
  }
  /** Bytes to and from the network since its server started. */
  readonly egress: { readonly sent: number; readonly received: number }
  /** Absent while it does not run. */
  readonly now?:
    | {
        /** CPU time since it started, in milliseconds. */
        readonly cpuMs: number
        readonly memoryBytes: number
        readonly diskBytes: number
        readonly pids: number
        /** Programs that were ended because memory ran out; absent where nobody counts them. */
        readonly oomKills?: number | undefined
      }
    | undefined
}

export interface Workspaces {
  /** Clones `repo` into /work/app when given, else starts an empty repository there. Faults: conflict (the name is taken). */
  create(spec: { name: string; repo?: string | undefined }): Promise<WorkspaceInfo>
  list(): Promise<WorkspaceInfo[]>
  /** By id or name, among the caller's own. */
  start(workspace: string): Promise<WorkspaceInfo>
  /** Ends every process in it; files stay. */
  stop(workspace: string): Promise<WorkspaceInfo>
  usage(workspace: string): Promise<WorkspaceUsage>
  /** Stops it and deletes its files. */
  remove(workspace: string): Promise<void>
}
