// The runs that a turn holds: locked, and read only when somebody else has changed them since this worker did. It decides
// nothing. Whatever changes a step tells it as an event, so that a cursor that has not moved says that nothing else has.
import type { Step } from '#dsl/workflow/model.ts'
import { modelOf } from './advance.ts'
import type { Query, Statement } from './database.ts'
import {
  addEvents,
  addSteps,
  lockRuns,
  numbered,
  readRuns,
  readStepsOf,
  removeSteps,
  saveRuns,
  saveSteps,
} from './run-rows.ts'
import type { EventOf, StepOf } from './run-rows.ts'
import { hasEnded, runInfo, stepInfo } from './run-state.ts'
import type { NewEvent, RunRow, StepRow } from './run-state.ts'

/** Runs that a worker remembers between its turns. */
const KNOWN_MAX = 256

export interface Known {
  readonly run: RunRow
  readonly steps: StepRow[]
  readonly model: ReadonlyMap<string, Step>
}

/** By id, the one that was held last at the end. */
export type KnownRuns = Map<string, Known>

export interface Held extends Known {
  /** What the run was when the turn began. */
  readonly before: string
  readonly changed: Set<StepRow>
  readonly added: Set<StepRow>
  readonly removed: Set<StepRow>
}

const asText = (run: RunRow) => JSON.stringify(runInfo(run))

/** Locks the runs; those that are no more are left out. */
export async function holdRuns(on: Query, known: KnownRuns, ids: readonly string[]): Promise<Held[]> {
  const heads = await lockRuns(on, ids)
  const stale = heads.filter(({ id, events }) => known.get(id)?.run.events !== events)
  await read(
    on,
    known,
    stale.map(({ id }) => id),
  )
  return heads.flatMap((head) => {
    const one = known.get(head.id)
    if (!one) return []
    Object.assign(one.run, head)
    return [{ ...one, before: asText(one.run), changed: new Set(), added: new Set(), removed: new Set() }]
  })
}

async function read(on: Query, known: KnownRuns, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const [runs, steps] = await Promise.all([readRuns(on, on`id in ${on(ids)}`), readStepsOf(on, ids)])
  for (const run of runs) known.set(run.id, { run, steps: [], model: modelOf(run) })
  for (const { run, row } of steps) known.get(run)?.steps.push(row)
}

/** What a turn writes. */
export interface Changes {
  readonly runs: RunRow[]
  readonly events: EventOf[]
  readonly changed: StepOf[]
  readonly added: StepOf[]
  readonly removed: StepOf[]
}

/** Of the runs of which there is something to tell; their events get their cursors here. */
export function changesOf(all: readonly Held[]): Changes {
  const now = new Date()
  const changes: Changes = { runs: [], events: [], changed: [], added: [], removed: [] }
  for (const held of all) {
    const { run } = held
    const news = newsOf(held)
    if (news.length === 0) continue
    const of = (row: StepRow) => ({ run: run.id, row })
    changes.runs.push(run)
    changes.events.push(...numbered(run, news, now))
    changes.changed.push(...[...held.changed].filter((row) => !held.added.has(row)).map(of))
    changes.added.push(...[...held.added].map(of))
    changes.removed.push(...[...held.removed].map(of))
  }
  return changes
}

/** In the order in which they are to be sent. */
export function saveChanges(on: Query, changes: Changes): Statement[] {
  const statements = [
    removeSteps(on, changes.removed),
    addSteps(on, changes.added),
    saveSteps(on, changes.changed),
    addEvents(on, changes.events),
    saveRuns(on, changes.runs),
  ]
  return statements.filter((one) => one !== undefined)
}

/** What others are to hear of it. */
function newsOf({ run, steps, before, changed, added, model }: Held): NewEvent[] {
  const events: NewEvent[] = []
  for (const row of steps) {
    const step = model.get(row.step)
    if (step && (changed.has(row) || added.has(row))) events.push({ type: 'step', step: stepInfo(row, step) })
  }
  if (asText(run) !== before) events.push({ type: 'run', run: runInfo(run) })
  return events
}

/** Keeps what was committed for the next turn. */
export function remember(known: KnownRuns, all: readonly Held[]): void {
  for (const { run, steps, model } of all) {
    known.delete(run.id)
    if (!hasEnded(run)) known.set(run.id, { run, steps, model })
  }
  for (const id of known.keys()) {
    if (known.size <= KNOWN_MAX) return
    known.delete(id)
  }
}
