// Runs as one person sees them: only their own. It reads rows and wakes the engine; it never runs a step.
import type { StepKinds } from '#dsl/workflow/step-kind.ts'
import { Fault } from '#dsl/fault.ts'
import type { RunDetail, RunEvent, RunFilter, RunInfo, Runs } from '#dsl/powers/runs.ts'
import type { Signal } from '#dsl/powers/signal.ts'
import { graphOf, reducedEdges } from '#dsl/workflow/graph.ts'
import { loadWorkflow } from '#dsl/workflow/parse.ts'
import { transact } from './database.ts'
import { modelOf } from './advance.ts'
import { keptSteps } from './begin-run.ts'
import type { NewRun } from './begin-run.ts'
import type { Engine } from './engine.ts'
import { readRunEgress } from './run-egress.ts'
import {
  addEvents,
  lockRun,
  readAsking,
  numbered,
  readEvents,
  readRun,
  readRuns,
  readSteps,
  saveRuns,
  saveSteps,
} from './run-rows.ts'
import { hasEnded, runInfo, stepInfo } from './run-state.ts'
import type { RunRow, StepRow } from './run-state.ts'

/** Milliseconds between looks of a watcher that hears nothing. */
const LOOK_MS = 2000

export interface Caller {
  readonly owner: string
  readonly plan: string
}

export interface RunsParts {
  readonly engine: Engine
  readonly kinds: StepKinds
  /** The name of a run's workspace while that exists. */
  readonly workspaceOf: (run: string, owner: string) => Promise<string | undefined>
}

export function runsFor({ engine, kinds, workspaceOf }: RunsParts, { owner, plan }: Caller): Runs {
  const { sql } = engine

  async function own(id: string): Promise<RunRow> {
    const run = await readRun(sql, id)
    if (run?.ownerId !== owner) throw missing(id)
    return run
  }
  const info = async (run: RunRow) => runInfo(run, await workspaceOf(homeOf(run), owner))

  const begin = (spec: NewRun) => startRun(engine, spec)

  return {
    async start({ text, file, inputs, repo, branch }) {
      const workflow = loadWorkflow(text, kinds, file)
      return begin({ owner, plan, workflow, source: text, file, inputs, repo, branch, trigger: 'manual' })
    },
    async list(filter) {
      const rows = await readRuns(sql, pageOf(engine, owner, filter))
      const page = rows.slice(0, filter.limit)
      const last = rows.length > page.length ? page.at(-1) : undefined
      const runs = await Promise.all(page.map(info))
      return { runs, ...(last && { cursor: cursorOf(last) }) }
    },
    async get(id) {
      const run = await own(id)
      const model = modelOf(run)
      const steps = (await readSteps(sql, id)).flatMap((row) => {
        const step = model.get(row.step)
        return step ? [stepInfo(row, step)] : []
      })
      const edges = reducedEdges(graphOf(run.model.steps))
      const { policy } = run.model
      return {
        run: await info(run),
        steps,
        edges,
        policy,
        egress: await readRunEgress(sql, id),
        inputs: run.inputs,
        text: run.source,
        cursor: run.events,
      } satisfies RunDetail
    },
    async approvals() {
      const rows = await readAsking(sql, owner)
      return rows.flatMap((row) => {
        const step = modelOf(row).get(row.step)
        if (!step || step.approval?.approvers?.includes(owner) === false) return []
        const { runId: run, number, workflow, id, reason } = row
        const question = reason === null ? {} : { question: reason }
        return [{ run, number, workflow, step: id, name: step.name, ...question }]
      })
    },
    async cancel(id) {
      const run = await own(id)
      if (!hasEnded(run)) await stopRun(engine, id)
      return info(await own(id))
    },
    async repeat(id, how) {
      const first = await own(id)
      if (!hasEnded(first))
        throw new Fault('conflict', 'The run has not ended yet. Wait for it, or cancel it first.')
      const text = how.text ?? first.source
      const workflow = how.text === undefined ? first.model : loadWorkflow(text, kinds, first.file)
      if (how.from !== undefined && !workflow.steps.some((step) => step.id === how.from))
        throw new Fault('invalid', `There is no step "${how.from}" in ${first.file}.`, {
          data: { field: 'from' },
        })
      // That of a run that succeeded is about to go.
      const isLeft = first.home !== null || first.state !== 'succeeded'
      if (how.here === true && !(isLeft && (await workspaceOf(homeOf(first), owner)) !== undefined))
        throw new Fault('conflict', 'The workspace of the run is gone. Run it again without "here".')
      const kept = keptSteps(workflow, await readSteps(sql, id), how)
      const { inputs, repo, branch, file } = first
      const spec = {
        owner,
        plan,
        workflow,
        source: text,
        file,
        inputs,
        trigger: 'retry',
        retryOf: id,
        event: first.event ?? undefined,
        ...(how.here === true && { home: homeOf(first) }),
      } as const
      return begin({ ...spec, repo: repo ?? undefined, branch: branch ?? undefined, kept })
    },
    async decide(id, instance, verdict) {
      const run = await own(id)
      const row = (await readSteps(sql, id)).find((one) => one.id === instance)
      const approvers = row && modelOf(run).get(row.step)?.approval?.approvers
      if (row?.state === 'approval' && approvers?.includes(owner) === false)
        throw new Fault('forbidden', `${instance} is for ${approvers.join(', ')} to approve.`)
      await decideStep(engine, id, instance, owner, verdict)
      engine.wake(id)
      return info(await own(id))
    },
    async watch(id, from, emit, signal) {
      await own(id)
      return follow(engine, id, from, emit, signal)
    },
  }
}

/** Whoever starts it: a person, the clock. Faults: invalid (an input, the concurrency group). */
export async function startRun(engine: Engine, spec: NewRun): Promise<RunInfo> {
  const { run, cancelled } = await engine.begin(spec)
  for (const id of cancelled) await stopRun(engine, id)
  engine.wake(run.id)
  return run
}

async function stopRun({ sql, wake }: Engine, id: string): Promise<void> {
  await sql`update runs set stop = coalesce(stop, 'cancelled') where id = ${id} and ended_at is null`
  wake(id)
}

/** The run that made the workspace in which this one works. */
const homeOf = ({ id, home }: RunRow): string => home ?? id

function missing(id: string): Fault {
  return new Fault('not_found', `You have no run "${id}". run.list shows yours.`)
}

const cursorOf = ({ createdAt, id }: RunRow) => `${createdAt.getTime()}-${id}`

function pageOf({ sql }: Engine, owner: string, { state, workflow, cursor, limit }: RunFilter) {
  const [time, id] = cursor?.split('-') ?? []
  if (cursor !== undefined && (!/^\d+$/.test(time ?? '') || id === undefined))
    throw new Fault('invalid', 'cursor: it is what the page before answered.', { data: { field: 'cursor' } })
  const before =
    cursor === undefined
      ? sql``
      : sql`and (date_trunc('milliseconds', created_at), id) < (${new Date(Number(time))}, ${id ?? ''})`
  return sql`owner_id = ${owner} ${state === undefined ? sql`` : sql`and state = ${state}`}
    ${workflow === undefined ? sql`` : sql`and workflow = ${workflow}`} ${before}
    order by date_trunc('milliseconds', created_at) desc, id desc limit ${limit + 1}`
}

/** Every event once and in order, until the run has ended and all of them are told. */
async function follow(
  engine: Engine,
  id: string,
  from: number,
  emit: (event: RunEvent) => Promise<void>,
  signal: Signal,
): Promise<{ cursor: number }> {
  let cursor = from
  let heard = Promise.withResolvers<void>()
  const aborted = Promise.withResolvers<never>()
  aborted.promise.catch(() => undefined)
  const abort = () => aborted.reject(signal.reason as Error)
  const deaf = engine.watch((run) => run === id && heard.resolve())
  signal.addEventListener('abort', abort)
  try {
    for (;;) {
      signal.throwIfAborted()
      heard = Promise.withResolvers<void>()
      const ended = await readRun(engine.sql, id).then((run) => run === undefined || hasEnded(run))
      const events = await readEvents(engine.sql, id, cursor)
      for (const event of events) {
        await Promise.race([emit(event), aborted.promise])
        cursor = event.cursor
      }
      if (events.length > 0) continue
      if (ended) return { cursor }
      await Promise.race([heard.promise, aborted.promise, pause(LOOK_MS)])
    }
  } finally {
    deaf()
    signal.removeEventListener('abort', abort)
  }
}

/** Faults: conflict (it waits for nobody). */
async function decideStep(
  { sql }: Engine,
  id: string,
  instance: string,
  by: string,
  { approved, comment }: { approved: boolean; comment?: string | undefined },
): Promise<void> {
  await transact(sql, async (on) => {
    const run = await lockRun(on, id)
    const row = run && (await readSteps(on, id)).find((one) => one.id === instance)
    const step = run && row && modelOf(run).get(row.step)
    if (!run || !step || row.state !== 'approval')
      throw new Fault('conflict', `${instance} does not wait for an approval.`)
    judge(row, step.uses === undefined, by, approved, comment)
    await saveSteps(on, [{ run: id, row }])
    await addEvents(on, numbered(run, [{ type: 'step', step: stepInfo(row, step) }], new Date()))
    await saveRuns(on, [run])
  })
}

/** An approved step that uses something waits to be run: the engine queues what is `pending` and has been approved. */
function judge(
  row: StepRow,
  onlyAsks: boolean,
  by: string,
  approved: boolean,
  comment: string | undefined,
): void {
  const output = { approved, by, ...(comment !== undefined && { comment }) }
  const said = comment === undefined ? '' : `: ${comment}`
  row.due = null
  row.reason = approved ? `${by} approved${said}` : `${by} refused${said}`
  if (approved && !onlyAsks) {
    row.state = 'pending'
    row.approved = true
    return
  }
  row.state = approved ? 'success' : 'failure'
  row.endedAt = new Date()
  const error = { code: 'denied', message: row.reason }
  row.result = approved
    ? { outcome: 'success', conclusion: 'success', output, attempts: 0 }
    : { outcome: 'failure', conclusion: 'failure', error, output, attempts: 0 }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms).unref())
}
