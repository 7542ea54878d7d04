// Builds the steps of the model from what authors wrote: ids, defaults, edges. It reports nothing; `lint.ts` has looked before.
import type { Approval, Artifact, Edge, Matrix, Policy, Retry, Step, Workflow } from './model.ts'
import type { StepText, WorkflowText } from './schema/workflow.ts'
import type { StepKind } from './step-kind.ts'

export const NO_RETRY: Retry = { attempts: 1, backoff: 'exponential', delay_ms: 1000, max_delay_ms: 60_000 }

/** Id of the step at that place of the list: its own, or `step-N` counted from 1. */
export function stepIdOf(step: StepText, index: number): string {
  return step.id ?? `step-${index + 1}`
}

export interface StepParts {
  readonly id: string
  readonly kind: StepKind | undefined
  readonly needs: readonly Edge[]
}

type Defaults = WorkflowText['defaults']

export function buildStep(step: StepText, defaults: Defaults, { id, kind, needs }: StepParts): Step {
  const timeout = step.timeout ?? defaults?.timeout
  const condition = step.if === undefined ? undefined : String(step.if)
  const approval = buildApproval(step.approval)
  const matrix = buildMatrix(step.matrix)
  return {
    id,
    name: step.name ?? id,
    ...(step.uses === undefined ? {} : { uses: kind?.name ?? step.uses }),
    with: { ...defaultFields(kind, defaults), ...step.with },
    ...(condition === undefined ? {} : { if: condition }),
    needs,
    env: texts(step.env),
    retry: buildRetry(step.retry ?? defaults?.retry),
    ...(timeout === undefined ? {} : { timeout }),
    continue_on_error: step.continue_on_error ?? false,
    ...(matrix === undefined ? {} : { matrix }),
    outputs: texts(step.outputs),
    artifacts: buildArtifacts(step.artifacts),
    ...(approval === undefined ? {} : { approval }),
  }
}

/** Those of `defaults.with` that this kind has. */
export function defaultFields(kind: StepKind | undefined, defaults: Defaults): Record<string, unknown> {
  const fields = Object.entries(defaults?.with ?? {})
  return Object.fromEntries(
    fields.filter(([name]) => kind !== undefined && Object.hasOwn(kind.input.shape, name)),
  )
}

export function texts(values: Readonly<Record<string, unknown>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [name, String(value)]))
}

function buildRetry(retry: StepText['retry']): Retry {
  if (retry === undefined) return NO_RETRY
  return typeof retry === 'number' ? { ...NO_RETRY, attempts: retry } : retry
}

function buildApproval(approval: StepText['approval']): Approval | undefined {
  if (approval === undefined) return undefined
  return approval === true ? {} : defined(approval)
}

function buildArtifacts(artifacts: StepText['artifacts']): readonly Artifact[] {
  const list = artifacts === undefined ? [] : Array.isArray(artifacts) ? artifacts : [artifacts]
  return list.map((artifact) => {
    if (typeof artifact === 'string') return { name: artifact, path: [artifact], when: 'always' }
    const path = typeof artifact.path === 'string' ? [artifact.path] : artifact.path
    return { ...defined(artifact), name: artifact.name ?? path.join(' '), path }
  })
}

export function buildMatrix(matrix: StepText['matrix']): Matrix | undefined {
  if (matrix === undefined) return undefined
  if (typeof matrix === 'string')
    return { expression: matrix, axes: {}, include: [], exclude: [], fail_fast: true }
  const { include = [], exclude = [], max_parallel, fail_fast, ...axes } = matrix
  return { axes, include, exclude, fail_fast, ...(max_parallel === undefined ? {} : { max_parallel }) }
}

export function buildHead(file: WorkflowText): Omit<Workflow, 'on' | 'steps'> {
  const { name, description, policy, env, concurrency } = file
  return {
    name,
    ...(description === undefined ? {} : { description }),
    policy: defined(policy ?? {}) as Policy,
    env: texts(env),
    ...(concurrency === undefined ? {} : { concurrency: buildConcurrency(concurrency) }),
  }
}

function buildConcurrency(
  concurrency: NonNullable<WorkflowText['concurrency']>,
): NonNullable<Workflow['concurrency']> {
  if (typeof concurrency === 'string') return { group: concurrency, cancel_in_progress: false, queue: 1 }
  const { group, queue } = concurrency
  return { group, cancel_in_progress: concurrency['cancel-in-progress'], queue: queue ?? 1 }
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> }

function defined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>
}
