// A workflow as it is kept and run: every default filled in, every step with its id and its edges. Plain JSON.
import type { z } from 'zod'
import type { input } from './schema/trigger.ts'

export type InputType = z.output<typeof input>['type']

export interface Input {
  readonly type: InputType
  readonly description?: string
  readonly required: boolean
  readonly default?: string | number | boolean
  readonly options?: readonly string[]
}

export type Trigger =
  | { readonly type: 'manual'; readonly inputs: Readonly<Record<string, Input>> }
  | { readonly type: 'cron'; readonly cron: string; readonly tz: string }
  | GithubTrigger
  | { readonly type: 'webhook'; readonly name: string; readonly if?: string }

export interface GithubTrigger {
  readonly type: 'github'
  readonly event: string
  /** Actions of the event that count; absent for all that GitHub starts a run for. */
  readonly types?: readonly string[]
  readonly branches?: readonly string[]
  readonly branchesIgnore?: readonly string[]
  readonly tags?: readonly string[]
  readonly tagsIgnore?: readonly string[]
  readonly paths?: readonly string[]
  readonly pathsIgnore?: readonly string[]
}

export interface Policy {
  readonly allow_commands?: readonly string[]
  readonly egress_allow?: readonly string[]
  readonly max_cost_usd?: number
  readonly max_time_ms?: number
}

export interface Retry {
  /** Tries in all; 1 is none after the first. */
  readonly attempts: number
  readonly backoff: 'constant' | 'linear' | 'exponential'
  readonly delay_ms: number
  readonly max_delay_ms: number
}

/** A list, or a text with one expression that gives it when the steps before have ended. */
export type Listed<T> = readonly T[] | string

export interface Matrix {
  /** The whole matrix as an expression; then the other fields say nothing of axes. */
  readonly expression?: string
  readonly axes: Readonly<Record<string, Listed<unknown>>>
  readonly include: Listed<Readonly<Record<string, unknown>>>
  readonly exclude: Listed<Readonly<Record<string, unknown>>>
  readonly max_parallel?: number
  readonly fail_fast: boolean
}

export interface Artifact {
  readonly name: string
  readonly path: readonly string[]
  readonly when: 'success' | 'failure' | 'always'
  readonly retention_days?: number
}

export interface Approval {
  readonly message?: string
  readonly approvers?: readonly string[]
  readonly timeout?: number
}

/**
 * Why a step waits for another. `after`: it stands below. `needs`: it names it. `reads`: it reads steps.ID.
 * What a skip or failure does along each: `decide.ts`.
 */
export type EdgeKind = 'after' | 'needs' | 'reads'

export interface Edge {
  readonly from: string
  readonly kind: EdgeKind
}

export interface Step {
  readonly id: string
  readonly name: string
  /** The canonical name; absent for a step that only asks for approval. */
  readonly uses?: string
  readonly with: Readonly<Record<string, unknown>>
  readonly if?: string
  readonly needs: readonly Edge[]
  readonly env: Readonly<Record<string, string>>
  readonly retry: Retry
  /** Milliseconds of one attempt. */
  readonly timeout?: number
  readonly continue_on_error: boolean | string
  readonly matrix?: Matrix
  readonly outputs: Readonly<Record<string, string>>
  readonly artifacts: readonly Artifact[]
  readonly approval?: Approval
}

export interface Concurrency {
  readonly group: string
  readonly cancel_in_progress: boolean
  /** Runs that wait; 1 when left out, as on GitHub. */
  readonly queue: number
}

export interface Workflow {
  readonly name: string
  readonly description?: string
  readonly on: readonly Trigger[]
  readonly policy: Policy
  readonly env: Readonly<Record<string, string>>
  readonly concurrency?: Concurrency
  readonly steps: readonly Step[]
}
