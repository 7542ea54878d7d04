// What a sandbox driver must do. A driver starts and stops sandboxes; it never reads what flows over their links.
import type { Duplex } from 'node:stream'

export interface SandboxLimits {
  /** Bytes of /work. */
  readonly diskBytes: number
  readonly memoryBytes: number
  /** Processes and threads. */
  readonly pids: number
  /** Cores; fractions allowed. */
  readonly cpus: number
  /** Read of each disk, and as much written to that of /work, in a second; undefined: as fast as it goes. */
  readonly diskBytesPerSecond?: number | undefined
}

export interface SandboxSpec {
  /** Workspace id: [a-z0-9-], at most 40 characters. */
  readonly id: string
  /** What the runtime must say in its hello; handed over by an inherited pipe, never in argv or environment. */
  readonly token: string
  /** Whether an empty repository is made where there is none. */
  readonly repository?: boolean
  readonly limits: SandboxLimits
}

/** What the runtime reads first of all, from an inherited pipe: one line of JSON. */
export const givenTo = ({ token }: SandboxSpec): string => `${JSON.stringify({ token })}\n`

/** The two ways out of a sandbox. The driver listens, the runtime dials; each connection is handed over once. */
export interface SandboxExits {
  link(id: string, stream: Duplex): void
  egress(id: string, stream: Duplex): void
}

/** Why a driver cannot work here, and the one command that would make it right. */
export interface DriverProblem {
  readonly problem: string
  readonly remedy: string
}

export interface SandboxStats {
  readonly memoryBytes: number
  readonly pids: number
  /** Cumulative CPU time in milliseconds. */
  readonly cpuMs: number
  readonly diskBytes: number
  /** How often the kernel ended a program of it for memory; undefined where nobody counts. */
  readonly oomKills?: number
}

export interface Driver {
  readonly name: 'bubblewrap' | 'docker'
  /** Undefined when a sandbox can be started here. Runs a real one to know. */
  probe(): Promise<DriverProblem | undefined>
  /** Makes the workspace's volume if it is new, starts its sandbox and opens its exits. Faults: unavailable, exhausted. */
  start(spec: SandboxSpec): Promise<void>
  /** Opens the exits of a sandbox that outlived the server, whose token only its runtime still knows; false when it is not running any more. */
  adopt(spec: Omit<SandboxSpec, 'token' | 'repository'>): Promise<boolean>
  /** Ends every process of the sandbox; its volume stays. Idempotent. */
  stop(id: string): Promise<void>
  /** Stops it and deletes its volume. Idempotent. */
  remove(id: string): Promise<void>
  stats(id: string): Promise<SandboxStats | undefined>
  /** Called with the exit of a sandbox that ended by itself. */
  onExit(listener: (id: string, reason: 'exited' | 'oom' | 'killed') => void): void
  /** Closes the exits; sandboxes go on running. */
  close(): Promise<void>
}
