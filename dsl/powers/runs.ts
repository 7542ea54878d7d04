// The power over runs of workflows: starts them, says how they stand, ends them. Only the control plane has it.
import type { Workflow } from '#dsl/workflow/model.ts'
import type { Outcome } from '#dsl/workflow/result.ts'
import type { Signal } from './signal.ts'

/** `waiting`: for an approval, or for another run of its concurrency group. The last five are terminal. */
export const RUN_STATES = [
  'queued',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'cancelled',
  'timed_out',
  'over_budget',
] as const
export type RunState = (typeof RUN_STATES)[number]

/** `approval`: it waits for a person. The last four are terminal. */
export const STEP_STATES = [
  'pending',
  'queued',
  'running',
  'approval',
  'success',
  'failure',
  'cancelled',
  'skipped',
] as const
export type StepState = (typeof STEP_STATES)[number]

export interface RunInfo {
  readonly id: string
  /** Counts the caller's runs of this workflow name, from 1. */
  readonly number: number
  readonly workflow: string
  readonly state: RunState
  /** Why it waits or how it ended, in one sentence; absent when there is nothing to say. */
  readonly reason?: string
  readonly trigger: 'manual' | 'cron' | 'github' | 'webhook' | 'retry'
  readonly repo?: string
  readonly branch?: string
  /** Its workspace's name, while that exists. */
  readonly workspace?: string
  /** The run that this one repeats. */
  readonly retryOf?: string
  readonly costUsd: number
  /** ISO 8601. */
  readonly createdAt: string
  readonly startedAt?: string
  readonly endedAt?: string
}

export interface StepInfo {
  /** The step's id, and `id[2]` for one combination of its matrix. */
  readonly id: string
  readonly step: string
  readonly name: string
  readonly uses?: string
  readonly state: StepState
  /** Why it waits, was skipped or failed. */
  readonly reason?: string
  /** `node=20, os=linux`. */
  readonly combination?: string
  /** Tries so far. */
  readonly attempts: number
  /** What it was given, its expressions computed; absent before it ran. Secrets are never in it. */
  readonly input?: Readonly<Record<string, unknown>>
  readonly output?: unknown
  readonly outputs?: Readonly<Record<string, unknown>>
  readonly error?: { readonly code: string; readonly message: string }
  /** As `needs` of expressions sees it: a failure that is allowed to happen is a success. */
  readonly conclusion?: Outcome
  readonly costUsd: number
  readonly startedAt?: string
  readonly endedAt?: string
}

export interface RunDetail {
  readonly run: RunInfo
  readonly steps: readonly StepInfo[]
  /** Edges worth drawing, by step id. */
  readonly edges: readonly { readonly from: string; readonly to: string }[]
  readonly policy: Workflow['policy']
  /** What its sandbox asked of the network so far, each different thing once. */
  readonly egress: readonly EgressDecision[]
  readonly inputs: Readonly<Record<string, unknown>>
  /** The workflow file as it was when the run began. */
  readonly text: string
  /** The last event that all this is as new as: where watching goes on. */
  readonly cursor: number
}

/** A step that waits for a person. */
export interface WaitingApproval {
  readonly run: string
  readonly number: number
  readonly workflow: string
  /** The step instance. */
  readonly step: string
  readonly name: string
  readonly question?: string
}

/** Ways by which a sandbox asks the network: a tunnel for TLS, plain HTTP, git or a registry by a relay. */
export const EGRESS_KINDS = ['connect', 'http', 'git', 'git.fetch', 'git.push', 'registry'] as const
/** Lists on which a rule may stand: the operator's `allow`, `trusted` and `git`; the policy of the workflow. */
export const EGRESS_LISTS = ['allow', 'trusted', 'git', 'policy'] as const

/** What was decided about a request of a run's sandbox to the network. */
export interface EgressDecision {
  readonly kind: (typeof EGRESS_KINDS)[number]
  /** What was asked for: `host:port`, or the address of a repository or registry; absent where that was unreadable. */
  readonly target?: string
  /** `failed`: nobody forbade it; the host is away, or answered what cannot be passed on. */
  readonly outcome: 'allowed' | 'denied' | 'failed'
  /** Code of why it was not allowed: `host`, `port`, `not-public`, `sni` … */
  readonly reason?: string
  /** The same as a sentence. */
  readonly message?: string
  /** The rule that allows it; of what was denied, the one that would, where one can. */
  readonly rule?: string
  /** Where that rule is to be added. */
  readonly list?: (typeof EGRESS_LISTS)[number]
  /** The step instances that ran when it was asked: one of them did. */
  readonly steps: string[]
}

/** Different decisions that are told of one run; the audit trail has every one. */
export const EGRESS_TOLD_MAX = 200

/** What happened in a run, in order; `cursor` counts from 1 within the run and has no gaps. */
export type RunEvent = { readonly cursor: number; readonly at: string } & (
  | { readonly type: 'run'; readonly run: RunInfo }
  | { readonly type: 'step'; readonly step: StepInfo }
  | { readonly type: 'egress'; readonly egress: EgressDecision }
)

export interface RunSpec {
  /** The workflow as YAML. */
  readonly text: string
  readonly file: string
  readonly inputs: Readonly<Record<string, unknown>>
  /** Cloned to /work/app; an empty repository when left out. */
  readonly repo?: string | undefined
  readonly branch?: string | undefined
}

export interface Repeat {
  /** Steps that succeeded before it are kept, with their outputs. All is done again when both are left out. */
  readonly from?: string | undefined
  /** Only what failed, was cancelled or was skipped for it. */
  readonly failed?: boolean | undefined
  /** In the workspace of the first run as it is now, what a person changed there included. */
  readonly here?: boolean | undefined
  /** The file to use instead of the one of the first run. */
  readonly text?: string | undefined
}

export interface RunFilter {
  readonly state?: RunState | undefined
  readonly workflow?: string | undefined
  /** Where the last page ended. */
  readonly cursor?: string | undefined
  readonly limit: number
}

export interface Runs {
  /** Faults: invalid (the file, with every problem; an input). */
  start(spec: RunSpec): Promise<RunInfo>
  /** Newest first. */
  list(filter: RunFilter): Promise<{ runs: RunInfo[]; cursor?: string }>
  /** What waits for the caller, the oldest run first; at most 100. */
  approvals(): Promise<WaitingApproval[]>
  /** Faults: not_found. */
  get(run: string): Promise<RunDetail>
  /** Ends it within a second; one that has ended stays as it is. Faults: not_found. */
  cancel(run: string): Promise<RunInfo>
  /** A new run. Faults: not_found, conflict (the first has not ended; its workspace is gone or at work), invalid. */
  repeat(run: string, how: Repeat): Promise<RunInfo>
  /** Faults: not_found, conflict (it waits for nobody), forbidden (the caller is not among its approvers). */
  decide(
    run: string,
    step: string,
    verdict: { approved: boolean; comment?: string | undefined },
  ): Promise<RunInfo>
  /** Every event after `cursor`, then those to come, until the run has ended. Faults: not_found; the signal's reason. */
  watch(
    run: string,
    cursor: number,
    emit: (event: RunEvent) => Promise<void>,
    signal: Signal,
  ): Promise<{ cursor: number }>
}
