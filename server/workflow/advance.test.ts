import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toFault } from '#dsl/fault.ts'
import { decide, endOf } from '#dsl/workflow/decide.ts'
import type { RunEnd, Stop } from '#dsl/workflow/decide.ts'
import type { EdgeKind, Step, Workflow } from '#dsl/workflow/model.ts'
import { concluded, joined } from '#dsl/workflow/result.ts'
import type { StepResult } from '#dsl/workflow/result.ts'
import { advance } from './advance.ts'
import type { Settled } from './advance.ts'
import { hasEnded, newStep, resultsOf, scopeOf } from './run-state.ts'
import type { RunRow, StepRow } from './run-state.ts'

const NOW = new Date('2026-01-01T00:00:00Z')
const CONDITIONS = [
  undefined,
  'always()',
  'failure()',
  'success()',
  'cancelled()',
  'false',
  'bogus(1)',
] as const

interface Plan {
  readonly step: Step
  /** Attempts that fail, by combination. */
  readonly failures: readonly number[]
}

const edges = (index: number) =>
  fc.uniqueArray(
    fc.record({
      from: fc.nat({ max: Math.max(0, index - 1) }),
      kind: fc.constantFrom<EdgeKind>('after', 'needs', 'reads'),
    }),
    { maxLength: Math.min(index, 3), selector: ({ from }) => from },
  )

function plan(index: number): fc.Arbitrary<Plan> {
  return fc
    .record({
      needs: edges(index),
      condition: fc.constantFrom(...CONDITIONS, 'reads' as const),
      allowed: fc.boolean(),
      size: fc.constantFrom(undefined, undefined, 0, 1, 2, 3),
      most: fc.constantFrom(undefined, 1, 2),
      attempts: fc.integer({ min: 1, max: 3 }),
      failures: fc.array(fc.constantFrom(0, 0, 0, 1, 2, 9), { minLength: 3, maxLength: 3 }),
    })
    .map(({ needs, condition, allowed, size, most, attempts, failures }) => {
      const read = needs.find(({ kind }) => kind === 'reads')
      const reads = read === undefined ? undefined : `steps.s${read.from}.conclusion == 'success'`
      const rule = condition === 'reads' ? reads : condition
      const id = `s${index}`
      const step: Step = {
        ...{ id, name: id, uses: 'exec', with: {}, env: {}, outputs: {}, artifacts: [] },
        needs: needs.map(({ from, kind }) => ({ from: `s${from}`, kind })),
        continue_on_error: allowed,
        retry: { attempts, backoff: 'constant', delay_ms: 10, max_delay_ms: 10 },
        ...(rule !== undefined && { if: rule }),
        ...(size !== undefined && { matrix: matrixOf(size, most) }),
      }
      return { step, failures }
    })
}

function matrixOf(size: number, most: number | undefined): NonNullable<Step['matrix']> {
  const axes = { n: Array.from({ length: size }, (_, n) => n) }
  return {
    axes,
    include: [],
    exclude: [],
    fail_fast: false,
    ...(most !== undefined && { max_parallel: most }),
  }
}

const plans = fc
  .integer({ min: 1, max: 9 })
  .chain((size) => fc.tuple(...Array.from({ length: size }, (_, index) => plan(index))))

function newRun(steps: readonly Step[]): { run: RunRow; rows: StepRow[] } {
  const model: Workflow = { name: 'w', on: [], policy: {}, env: {}, steps }
  const run: RunRow = {
    ...{ id: 'r', ownerId: 'o', plan: 'p', number: 1, workflow: 'w', state: 'queued', reason: null },
    ...{
      trigger: 'manual',
      repo: null,
      branch: null,
      retryOf: null,
      delivery: null,
      home: null,
      source: '',
      file: '',
      model,
      inputs: {},
      event: null,
    },
    ...{ stop: null, groupKey: null, cost: 0, events: 0, deadline: null, createdAt: NOW },
    ...{ startedAt: null, endedAt: null },
  }
  return { run, rows: steps.map((step, index) => newStep(step, index * 1000)) }
}

const failuresOf = (all: readonly Plan[], row: StepRow) => {
  const found = all.find(({ step }) => step.id === row.step)
  return found?.failures[Number(row.combination?.['n'] ?? 0)] ?? 0
}

function endFor(all: readonly Plan[], row: StepRow, run: RunRow): Settled {
  const output = `${row.id} ${row.attempts}`
  if (run.stop !== null) return { instance: row.id, end: fault('cancelled') }
  if (row.attempts > failuresOf(all, row)) return { instance: row.id, end: { ok: true, output, costUsd: 0 } }
  return { instance: row.id, end: { ...fault('unavailable'), output } }
}

const fault = (code: 'cancelled' | 'unavailable') => ({
  ok: false as const,
  failure: { fault: code },
  error: { code, message: 'It failed.' },
  costUsd: 0,
})

interface Driven {
  readonly run: RunRow
  readonly rows: StepRow[]
  readonly log: string[]
  /** Terminal states that were seen of every instance, and of the run. */
  readonly ends: string[]
}

/** Plays the turns of a worker; `dice` say what happens next: a claim, a crash, or that some of what runs ends. */
function drive(all: readonly Plan[], dice: readonly number[], stopAt?: { turn: number; stop: Stop }): Driven {
  const { run, rows } = newRun(all.map(({ step }) => step))
  const driven: Driven = { run, rows, log: [], ends: [] }
  let settled: Settled[] = []
  for (let turn = 0; turn < 500; turn++) {
    if (stopAt?.turn === turn && !hasEnded(run)) run.stop = stopAt.stop
    const open = new Set(rows.filter(({ result }) => result === null))
    const done = advance(run, rows, settled, { now: NOW, random: () => 0.5 })
    driven.log.push(JSON.stringify([run, rows, done.queue.map(({ row, delayMs }) => [row.id, delayMs])]))
    for (const row of rows)
      if (row.result !== null && (open.has(row) || done.added.has(row))) driven.ends.push(row.id)
    if (hasEnded(run)) break
    settled = []
    const roll = mixed(dice[turn % dice.length] ?? 0, turn)
    for (const [index, row] of rows.entries()) {
      if (row.state === 'queued' && (roll + index) % 3 !== 0)
        Object.assign(row, { state: 'running', attempts: row.attempts + 1 })
      else if (row.state === 'running' && roll % 11 === 0 && index === roll % rows.length)
        Object.assign(row, { state: 'queued', attempts: row.attempts - 1 })
      else if (row.state === 'running' && (run.stop !== null || (roll + index) % 2 === 0))
        settled.push(endFor(all, row, run))
    }
  }
  return driven
}

/** A number that looks random, so that whatever the dice are, everything gets its chance. */
function mixed(die: number, turn: number): number {
  const once = Math.imul(die ^ Math.imul(turn + 1, 0x9e3779b1), 0x85ebca6b)
  return (once ^ (once >>> 15)) >>> 0
}

/** The language alone: every step in the order of the file, without turns, workers or time. */
function replay(all: readonly Plan[]): { results: Map<string, StepResult>; end: RunEnd | undefined } {
  const { run } = newRun(all.map(({ step }) => step))
  const steps = new Map(all.map(({ step }) => [step.id, step]))
  const results = new Map<string, StepResult>()
  for (const { step, failures } of all) results.set(step.id, resultOf(step, failures))
  return { results, end: endOf(steps, results) }

  function resultOf(step: Step, failures: readonly number[]): StepResult {
    const rule = decision(step)
    if ('error' in rule) return { outcome: 'failure', conclusion: 'failure', error: rule.error, attempts: 0 }
    if (rule.do === 'skip')
      return { outcome: 'skipped', conclusion: 'skipped', skippedBy: rule.by, attempts: 0 }
    if (step.matrix === undefined) return attempted(step, step.id, failures[0] ?? 0)
    const size = step.matrix.axes['n']?.length ?? 0
    if (size === 0) return { outcome: 'skipped', conclusion: 'skipped', skippedBy: 'condition', attempts: 0 }
    const each = Array.from({ length: size }, (_, n) => attempted(step, `${step.id}[${n}]`, failures[n] ?? 0))
    return joined(each)
  }

  function decision(step: Step) {
    try {
      return decide(step, { steps, results, cancelled: false }, scopeOf(run))
    } catch (error) {
      const { code, message } = toFault(error)
      return { error: { code, message } }
    }
  }
}

function attempted(step: Step, id: string, failures: number): StepResult {
  const attempts = Math.min(failures + 1, step.retry.attempts)
  const output = `${id} ${attempts}`
  if (failures < attempts) return { outcome: 'success', conclusion: 'success', output, attempts }
  const error = { code: 'unavailable', message: 'It failed.' }
  return concluded({ outcome: 'failure', error, output, attempts }, step.continue_on_error === true)
}

const dice = fc.array(fc.nat({ max: 1000 }), { minLength: 5, maxLength: 40 })

describe('a run that is driven to its end, with any graph, any outcomes and any order of events', () => {
  it('ends as the rules of the language say, step by step', () => {
    fc.assert(
      fc.property(plans, dice, (all, rolls) => {
        const { run, rows } = drive(all, rolls)
        const expected = replay(all)
        const results = resultsOf(rows)
        for (const [id, result] of expected.results)
          expect({ id, ...results.get(id) }).toEqual({ id, ...result })
        expect(run.state).toBe(expected.end)
        expect(run.endedAt).toEqual(NOW)
      }),
      { numRuns: 400 },
    )
  })

  it('ends once, every step of it too, and nothing changes it afterwards', () => {
    const stops = fc.option(
      fc.record({
        turn: fc.nat({ max: 12 }),
        stop: fc.constantFrom<Stop>('cancelled', 'timed_out', 'over_budget'),
      }),
      { nil: undefined },
    )
    fc.assert(
      fc.property(plans, dice, stops, (all, rolls, stop) => {
        const { run, rows, ends } = drive(all, rolls, stop)
        expect(hasEnded(run)).toBe(true)
        if (run.stop !== null) expect(run.state).toBe(run.stop)
        expect(
          rows.filter(({ result, job, worker }) => result === null || job !== null || worker !== null),
        ).toEqual([])
        expect(ends.toSorted()).toEqual(rows.map(({ id }) => id).toSorted())
        const before = JSON.stringify([run, rows])
        const more = rows.map((row) => ({ instance: row.id, end: { ok: true, costUsd: 9 } as const }))
        const after = advance(run, rows, more, { now: new Date(), random: () => 0 })
        expect([JSON.stringify([run, rows]), after.queue, after.abort]).toEqual([before, [], []])
      }),
      { numRuns: 400 },
    )
  })

  it('goes the same way when the same happens', () => {
    fc.assert(
      fc.property(plans, dice, (all, rolls) => {
        expect(drive(all, rolls).log).toEqual(drive(all, rolls).log)
      }),
      { numRuns: 100 },
    )
  })
})
