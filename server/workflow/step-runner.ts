// The seam between the engine, which decides what runs when, and what runs a step. The engine never knows what a step does.
import type { Failure } from '#dsl/workflow/retry.ts'
import type { Combination } from '#dsl/workflow/matrix.ts'
import type { Step, Workflow } from '#dsl/workflow/model.ts'
import type { Scope } from '#dsl/workflow/expression/ast.ts'
import type { Value } from '#dsl/workflow/expression/value.ts'

/** What is the same for every step of a run. */
export interface RunFacts {
  readonly id: string
  readonly owner: string
  readonly plan: string
  /** The workflow's name, and which run of it this is. */
  readonly name: string
  readonly number: number
  readonly workflow: Workflow
  /** The run in whose workspace this one goes on. */
  readonly home?: string
  readonly repo?: string
  readonly branch?: string
}

export interface StepCall {
  readonly run: RunFacts
  readonly step: Step
  /** The step's id, and `id[2]` for one combination of its matrix. */
  readonly instance: string
  readonly combination?: Combination
  /** 1-based; a redelivery after a crash has the same number. */
  readonly attempt: number
  /** Every root of expressions but `env` and `secrets`, `steps` among them. */
  readonly scope: Scope
  /**
   * Names this attempt for good: whatever has an effect outside happens once under it, however often the attempt is
   * delivered. `RUN/INSTANCE/ATTEMPT`.
   */
  readonly key: string
}

export type StepEnd =
  | {
      readonly ok: true
      readonly output?: Value
      readonly outputs?: Readonly<Record<string, Value>>
      readonly costUsd: number
    }
  | {
      readonly ok: false
      readonly failure: Failure
      readonly error: { readonly code: string; readonly message: string }
      readonly output?: Value
      readonly outputs?: Readonly<Record<string, Value>>
      readonly costUsd: number
    }

/** Why a signal aborts when the worker leaves: the attempt is let go of, not ended, and another worker joins it. */
export class Detached extends Error {
  override readonly name = 'Detached'
}

export interface StepRunner {
  /** The kinds of work (`shell`, `git`, `llm`, …) by the name of what a step uses: the queue that it waits in. */
  queueOf(uses: string): string
  /**
   * Runs the attempt, or joins it when it runs already: called again with the same `key` after a crash, it goes on where
   * it was. `started` is told what the step was given, before anything happens. Never rejects but by the signal, which
   * ends what runs, unless its reason is `Detached`.
   */
  run(
    call: StepCall,
    signal: AbortSignal,
    started: (input: Readonly<Record<string, unknown>>) => void,
  ): Promise<StepEnd>
  /** The run has ended: its workspace goes, or stays for a person when the run failed. Idempotent. */
  ended(run: RunFacts, succeeded: boolean): Promise<void>
}
