// Whether a step waits, runs or is skipped, and how a run ends. Pure tables: the engine asks, and keeps what is answered.
//
// A step waits until all that it waits for has ended. What each of those says to it depends on the edge:
//
//   edge    the other succeeded   failed     cancelled   skipped by its own `if`   skipped because of others
//   needs   success               failure    cancelled   skipped                   what skipped it
//   reads   success               failure    cancelled   success                   what skipped it
//   after   as `reads`, and when the other ran after a failure (if: always()), that failure too
//
// The worst of them is the status that success(), failure() and cancelled() ask for: failure, cancelled, skipped, success.
// An `if` that asks for no status means success(). A step of whose needs one was skipped is skipped too, with its name as reason.
import { holds, parseCondition } from './condition.ts'
import type { Scope } from './expression/ast.ts'
import type { Edge, Step } from './model.ts'
import { NAMES } from './names.ts'
import { stepsContext } from './result.ts'
import type { StepResult } from './result.ts'

export type Status = 'success' | 'failure' | 'cancelled' | 'skipped'

export type Decision =
  | { readonly do: 'wait'; readonly reason: string }
  | { readonly do: 'run' | 'approve'; readonly reason: string }
  | { readonly do: 'skip'; readonly by: 'condition' | 'status'; readonly reason: string }

export interface RunState {
  readonly steps: ReadonlyMap<string, Step>
  /** Of the steps that ended. */
  readonly results: ReadonlyMap<string, StepResult>
  /** Somebody cancelled the run, or a limit ended it. */
  readonly cancelled: boolean
}

interface Said {
  readonly status: Status
  /** The step that says so. */
  readonly from: string | undefined
}

const WORST: readonly Status[] = ['failure', 'cancelled', 'skipped', 'success']

/**
 * What becomes of the step now. `scope` holds the roots but `steps`, which is made of the results.
 * Faults: invalid, when the `if` itself cannot be computed: the step then fails.
 */
export function decide(step: Step, run: RunState, scope: Scope): Decision {
  const pending = step.needs.filter(({ from }) => !run.results.has(from) && run.steps.has(from))
  if (pending.length > 0)
    return { do: 'wait', reason: `Waits for ${pending.map(({ from }) => from).join(', ')}.` }
  const said: Said = run.cancelled ? { status: 'cancelled', from: undefined } : statusFor(step, run)
  const condition = parseCondition(step.if ?? 'success()', NAMES.condition)
  const isSuccess = said.status === 'success'
  if (!condition.usesStatus && !isSuccess) return { do: 'skip', by: 'status', reason: because(said) }
  const names = { ...scope.names, steps: stepsContext(run.results) }
  if (holds(condition, { ...scope, names, status: said.status }))
    return { do: step.approval === undefined ? 'run' : 'approve', reason: because(said) }
  if (step.if === undefined || !isSuccess) return { do: 'skip', by: 'status', reason: because(said) }
  return { do: 'skip', by: 'condition', reason: `Its "if" does not hold: ${step.if}` }
}

function because({ status, from }: Said): string {
  if (from === undefined)
    return status === 'cancelled' ? 'The run was cancelled.' : 'All that it waits for succeeded.'
  const words = {
    failure: 'failed',
    cancelled: 'was cancelled',
    skipped: 'was skipped',
    success: 'succeeded',
  }
  return `${from} ${words[status]}.`
}

/** The worst that the steps before say to this one, and who says it. */
export function statusFor(step: Step, run: RunState): Said {
  return statusOf(step, run, new Map())
}

function statusOf(step: Step, run: RunState, known: Map<string, Said>): Said {
  const cached = known.get(step.id)
  if (cached !== undefined) return cached
  // A list of its own instead of recursion: a chain of steps may be a thousand long.
  const order = chainOf(step, run)
  for (const each of order) known.set(each.id, worst(each.needs.map((edge) => saidBy(edge, run, known))))
  return known.get(step.id) ?? { status: 'success', from: undefined }
}

/** The step and all before it, those before first. The graph has no cycle. */
function chainOf(step: Step, run: RunState): readonly Step[] {
  const order: Step[] = []
  const seen = new Set<string>()
  const stack: { step: Step; next: number }[] = [{ step, next: 0 }]
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const edge = top.step.needs[top.next]
    top.next += 1
    const next = edge === undefined ? undefined : run.steps.get(edge.from)
    if (edge === undefined) {
      order.push(top.step)
      stack.pop()
    } else if (next !== undefined && !seen.has(next.id)) {
      seen.add(next.id)
      stack.push({ step: next, next: 0 })
    }
  }
  return order
}

function worst(said: readonly Said[]): Said {
  for (const status of WORST) {
    const found = said.find((one) => one.status === status)
    if (found !== undefined) return found
  }
  return { status: 'success', from: undefined }
}

function saidBy({ from, kind }: Edge, run: RunState, known: ReadonlyMap<string, Said>): Said {
  const result = run.results.get(from)
  if (result === undefined) return { status: 'success', from }
  const before = known.get(from) ?? { status: 'success', from: undefined }
  if (result.conclusion === 'skipped') {
    if (result.skippedBy === 'status')
      return before.status === 'success' ? { status: 'skipped', from } : before
    return { status: kind === 'needs' ? 'skipped' : 'success', from }
  }
  const own: Said = { status: result.conclusion, from }
  const isSticky = kind === 'after' && (before.status === 'failure' || before.status === 'cancelled')
  return isSticky ? worst([own, before]) : own
}

export type RunEnd = 'succeeded' | 'failed' | 'cancelled' | 'timed_out' | 'over_budget'

/** What stopped a run from outside; absent when nothing did. */
export type Stop = 'cancelled' | 'timed_out' | 'over_budget'

/** The one end of a run whose steps have all ended, or undefined while one has not. */
export function endOf(
  steps: ReadonlyMap<string, Step>,
  results: ReadonlyMap<string, StepResult>,
  stop?: Stop,
): RunEnd | undefined {
  if ([...steps.keys()].some((id) => !results.has(id))) return undefined
  if (stop !== undefined) return stop
  const ends = [...results.values()].map(({ conclusion }) => conclusion)
  if (ends.includes('failure')) return 'failed'
  return ends.includes('cancelled') ? 'cancelled' : 'succeeded'
}
