// How a step ended, and what expressions read of it. Plain data: the engine keeps it, this file only gives it names.
import type { Scope } from './expression/ast.ts'
import type { Value } from './expression/value.ts'

export type Outcome = 'success' | 'failure' | 'cancelled' | 'skipped'

export interface StepResult {
  /** How it went. */
  readonly outcome: Outcome
  /** How it counts: a failure that continue_on_error allows counts as success. */
  readonly conclusion: Outcome
  /** What it waited for said `failure` or the like, rather than its own `if`: only of a step that was skipped. */
  readonly skippedBy?: 'condition' | 'status'
  readonly output?: Value
  readonly outputs?: { readonly [name: string]: Value }
  readonly error?: { readonly code: string; readonly message: string }
  /** Tries in all; 0 when it was skipped. */
  readonly attempts: number
}

/** The result after continue_on_error has had its say. */
export function concluded(result: Omit<StepResult, 'conclusion'>, continueOnError: boolean): StepResult {
  const isAllowed = result.outcome === 'failure' && continueOnError
  return { ...result, conclusion: isAllowed ? 'success' : result.outcome }
}

/** One result of a step that ran once per combination: the worst outcome, the outputs as lists. */
export function joined(results: readonly StepResult[]): StepResult {
  const worst = (key: 'outcome' | 'conclusion'): Outcome =>
    (['failure', 'cancelled', 'success', 'skipped'] as const).find((end) =>
      results.some((result) => result[key] === end),
    ) ?? 'skipped'
  const names = new Set(results.flatMap(({ outputs }) => Object.keys(outputs ?? {})))
  const error = results.find((result) => result.error !== undefined)?.error
  return {
    outcome: worst('outcome'),
    conclusion: worst('conclusion'),
    output: results.map(({ output }) => output ?? null),
    outputs: Object.fromEntries(
      [...names].map((name) => [name, results.map(({ outputs }) => outputs?.[name] ?? null)]),
    ),
    ...(error === undefined ? {} : { error }),
    attempts: results.reduce((sum, { attempts }) => sum + attempts, 0),
  }
}

/** What `steps` holds: of every step that ended, the fields of `STEP_FIELDS`. */
export function stepsContext(results: ReadonlyMap<string, StepResult>): Scope['names'] {
  return Object.fromEntries([...results].map(([id, result]) => [id, contextOf(result)]))
}

function contextOf({ outcome, conclusion, output, outputs, error, attempts }: StepResult): Value {
  return {
    ok: outcome === 'success',
    output: output ?? null,
    outputs: outputs ?? {},
    outcome,
    conclusion,
    error: error === undefined ? null : { ...error },
    attempts,
  }
}
