// Every power an op may ask for, by name. Interfaces only: who implements one, and how narrowly, is decided by a grant.
import type { Artifacts } from './artifacts.ts'
import type { Credentials } from './credentials.ts'
import type { Exec } from './exec.ts'
import type { Files } from './files.ts'
import type { Github } from './github.ts'
import type { Llm } from './llm.ts'
import type { Devices, Pairing } from './pairing.ts'
import type { Pty } from './pty.ts'
import type { Runs } from './runs.ts'
import type { Signal } from './signal.ts'
import type { Workflows } from './workflows.ts'
import type { Workspaces } from './workspaces.ts'
import type { StepKinds } from '#dsl/workflow/step-kind.ts'

export interface Powers {
  readonly exec: Exec
  readonly pty: Pty
  readonly files: Files
  readonly workspaces: Workspaces
  readonly pairing: Pairing
  readonly devices: Devices
  readonly credentials: Credentials
  readonly runs: Runs
  readonly llm: Llm
  readonly github: Github
  readonly artifacts: Artifacts
  readonly workflows: Workflows
  /** What steps of a workflow may use. */
  readonly stepKinds: StepKinds
}

export type PowerName = keyof Powers

/** What every op gets without asking. */
export interface Always {
  /** Aborts when the caller cancels, leaves, or the call's time is over. */
  readonly signal: Signal
}
