// Runs one attempt of a step by the road of every call: rendered, judged, done, recorded. It never decides what comes next.
import { findOp } from '#dsl/catalog.ts'
import { Fault, toFault } from '#dsl/fault.ts'
import { narrowGrant } from '#dsl/policy/narrow.ts'
import type { StepKind, StepKinds } from '#dsl/workflow/step-kind.ts'
import type { Keeper, Screen } from '#server/artifacts/keeper.ts'
import type { Caches } from '#server/caches/caches.ts'
import type { Call, Dispatch } from '#server/dispatch.ts'
import type { Log } from '#server/log.ts'
import type { Redactor } from '#server/redact/redactor.ts'
import { redactedValue } from '#server/redact/value.ts'
import { despiteOutage } from '#server/store/despite-outage.ts'
import { isDatabaseAway } from '#server/store/transaction.ts'
import type { Checks } from '#server/workflow/checks.ts'
import { Detached } from '#server/workflow/step-runner.ts'
import type { RunFacts, StepCall, StepEnd, StepRunner } from '#server/workflow/step-runner.ts'
import { collectArtifacts, collectReport } from './artifacts.ts'
import { createChanges } from './changes.ts'
import type { Changes } from './changes.ts'
import { printed } from './output.ts'
import type { Printed } from './output.ts'
import { queueOf } from './queue.ts'
import { renderOutputs, renderStep } from './render.ts'
import type { Rendered } from './render.ts'
import type { RunWorkspaces } from './run-workspace.ts'
import { openedPull } from './opened-pull.ts'
import { endOf, failedBy } from './step-end.ts'
import type { WithinBudget } from './within-budget.ts'

/** For all artifacts of one attempt together. */
const ARTIFACTS_MS = 600_000
/** How long the database may be away before a step fails of it. */
const OUTAGE_MS = 120_000

/** Ops that run a project's own programs: before the first of them the run's caches are there. */
const RUN_CODE: ReadonlySet<string> = new Set(['exec', 'tests.run', 'qa.review'])

export interface StepRunnerParts {
  readonly workspaces: RunWorkspaces
  readonly dispatch: Dispatch
  readonly keeper: Keeper
  readonly caches: Caches
  readonly withinBudget: WithinBudget
  /** Commits on GitHub that hear how runs go. */
  readonly checks?: Pick<Checks, 'opened'> | undefined
  readonly kinds: StepKinds
  /** Of all secrets that are known by now; `learn` lets it know those of a person. */
  readonly redactor: () => Redactor
  readonly learn: (owner: string) => Promise<void>
  /** Where links that steps make lead: `http://localhost:3000`. */
  readonly origin: string
  readonly log: Log
}

interface Parts extends StepRunnerParts {
  readonly changes: Changes
}

export function createStepRunner(given: StepRunnerParts): StepRunner {
  const changes = createChanges(() => given.workspaces, given.log)
  const parts = { ...given, changes }
  return {
    queueOf,
    run: (call, signal, started) =>
      // Under its key it is done again as after a crash: joined where it is.
      despiteOutage(OUTAGE_MS, signal, () => runStep(parts, call, signal, started))
        .catch((error: unknown) => {
          if (signal.aborted) throw signal.reason
          return failed(parts, call, error)
        })
        // What a step answers is read by people and by other steps, and kept.
        .then((end) => redactedValue(parts.redactor(), end)),
    async ended(run, succeeded) {
      const { caches, workspaces } = parts
      changes.forget(run.id)
      if (!succeeded) {
        await caches.forget(run)
        return workspaces.quiet(run)
      }
      await caches.save(run)
      // Where a run went on in the workspace of another, a person has mended something: that stays for them.
      await (run.home === undefined ? workspaces.remove(run) : workspaces.quiet(run))
    },
  }
}

async function runStep(
  parts: Parts,
  call: StepCall,
  signal: AbortSignal,
  started: (input: Readonly<Record<string, unknown>>) => void,
): Promise<StepEnd> {
  const { run, instance, attempt } = call
  const output = printed(() => parts.keeper.log({ run: run.id, instance, attempt }), signal)
  try {
    signal.throwIfAborted()
    await parts.learn(run.owner)
    const kind = kindOf(parts.kinds, call)
    const rendered = renderStep(call, kind)
    started(redactedValue(parts.redactor(), rendered.input))
    if (kind.name === 'exec' && rendered.input['pty'] === true) output.record(screenOf(rendered.input))
    const end = await perform(parts, { call, kind, rendered, output }, signal).catch((error: unknown) => {
      if (signal.aborted || isDatabaseAway(error)) throw error
      return failed(parts, call, error)
    })
    await keepFiles(parts, { call, kind, rendered, output }, end, signal)
    await output.close()
    return withOutputs(call, rendered, end)
  } catch (error) {
    if (signal.aborted && signal.reason instanceof Detached) throw signal.reason
    // It is joined again when the database is back, and ends then.
    if (!signal.aborted && isDatabaseAway(error)) throw error
    await output.close().catch((cause: unknown) => {
      parts.log.error({ step: call.key, err: cause }, 'the log of a step stays open')
    })
    if (signal.aborted) throw signal.reason
    return failed(parts, call, error)
  }
}

/** As the op has it when the step does not say (runtime/powers/exec). */
function screenOf({ cols = 80, rows = 24 }: Rendered['input']): Screen {
  return { cols: Number(cols), rows: Number(rows) }
}

function failed({ log }: StepRunnerParts, { key }: StepCall, error: unknown): StepEnd {
  const fault = toFault(error)
  if (fault.code === 'internal') log.error({ step: key, err: fault.cause ?? fault }, 'a step broke')
  return failedBy(fault)
}

/**
 * What a step in a sandbox declares to keep, the report of its op and what it changed, also when it failed. A step that
 * never got a workspace left nothing.
 */
async function keepFiles(
  { workspaces, keeper, changes }: Parts,
  { call, kind, rendered, output }: Work,
  end: StepEnd,
  signal: AbortSignal,
): Promise<void> {
  const report = reportOf(end)
  const nothing = call.step.artifacts.length === 0 && report === undefined && !mayChange(kind)
  if (nothing || !(await workspaces.find(call.run))) return
  const limited = AbortSignal.any([signal, AbortSignal.timeout(ARTIFACTS_MS)])
  const ask = workspaces.files(call.run, limited)
  const say = (data: string) => output.take({ type: 'stderr', data })
  const collecting = { call, scope: rendered.scope, ask, keeper, say }
  await collectArtifacts(collecting, end.ok)
  if (report !== undefined) await collectReport(collecting, report)
  if (mayChange(kind))
    await changes.after(call, limited, (path) =>
      collectReport(collecting, path).catch((error: unknown) => {
        if (limited.aborted || isDatabaseAway(error)) throw error
        return say(`What the step changed is not kept: ${toFault(error).message}\n`)
      }),
    )
}

function mayChange({ name, runs }: StepKind): boolean {
  return runs === 'workspace' && findOp(name)?.effect !== 'read'
}

/** The path that an op answers as its `report`: tests.run as JUnit XML, qa.review as SARIF. */
function reportOf({ output }: StepEnd): string | undefined {
  const { report } = Object(output ?? {}) as { report?: unknown }
  return typeof report === 'string' ? report : undefined
}

interface Work {
  readonly call: StepCall
  readonly kind: StepKind
  readonly rendered: Rendered
  readonly output: Printed
}

async function perform(parts: Parts, work: Work, signal: AbortSignal): Promise<StepEnd> {
  const { call, kind, rendered, output } = work
  const { run, step } = call
  const row = kind.runs === 'workspace' ? await parts.workspaces.ready(run) : undefined
  if (mayChange(kind)) await parts.changes.begin(call, signal)
  if (row !== undefined && RUN_CODE.has(kind.name))
    await output.begin(await parts.caches.restore(call, signal))
  signal.throwIfAborted()
  const input = await parts.withinBudget(call, kind.name, rendered.input)
  const where = row === undefined ? {} : { workspace: row.id }
  const answer = await inTime(step.timeout, signal, (limited) =>
    parts.dispatch({
      principal: principalOf(run),
      peer: { address: '', origin: parts.origin },
      door: 'workflow',
      op: kind.name,
      input: { ...input, ...where },
      signal: limited,
      emit: repeated(output),
      lasting: { id: call.key, emit: (event, at) => output.take(event, at) },
      narrow: narrowing(run),
    }),
  )
  if (kind.name === 'github.pr.create') await openedPull(parts, run, answer)
  return endOf(kind.name, answer, output.stdout())
}

/** A second delivery says all of it again, from the first byte on; its log has each byte once. */
function repeated(output: Printed): Call['emit'] {
  let first: number | undefined = 0
  return (event) => {
    const at = first
    first = undefined
    return output.take(event, at)
  }
}

/** Faults: not_found (the catalog changed since the workflow was read). */
function kindOf(kinds: StepKinds, { step }: StepCall): StepKind {
  const uses = step.uses ?? ''
  const kind = kinds.find(uses)
  if (kind === undefined || findOp(kind.name) === undefined)
    throw new Fault(
      'not_found',
      `The step "${step.id}" uses "${uses}", which does not exist here. workflow.schema lists what does.`,
    )
  return kind
}

function principalOf({ id, owner, plan }: RunFacts): Call['principal'] {
  return { user: owner, userName: owner, role: 'member', plan, via: 'workflow', credential: id }
}

function narrowing({ workflow }: RunFacts): Call['narrow'] {
  const allow = workflow.policy.allow_commands
  if (allow === undefined) return undefined
  return (grant) => narrowGrant(grant, allow, `policy.allow_commands of ${workflow.name}`)
}

function withOutputs(call: StepCall, { scope }: Rendered, end: StepEnd): StepEnd {
  if (!end.ok || Object.keys(call.step.outputs).length === 0) return end
  try {
    return { ...end, outputs: renderOutputs(call, scope, end.output ?? null) }
  } catch (error) {
    const { costUsd, output = null } = end
    return { ...failedBy(toFault(error)), costUsd, output }
  }
}

/** Faults: timed_out, whatever the op makes of being cancelled. */
async function inTime<T>(
  ms: number | undefined,
  outer: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (ms === undefined) return act(outer)
  const late = new AbortController()
  const timer = setTimeout(
    () => late.abort(new Fault('timed_out', `The step took longer than its timeout of ${ms} ms.`)),
    ms,
  )
  try {
    return await act(AbortSignal.any([outer, late.signal]))
  } catch (error) {
    if (late.signal.aborted && !outer.aborted) throw late.signal.reason
    throw error
  } finally {
    clearTimeout(timer)
  }
}
