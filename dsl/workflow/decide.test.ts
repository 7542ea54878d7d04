import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide, endOf } from './decide.ts'
import type { RunState } from './decide.ts'
import { SEED_KINDS } from './fake/kinds.ts'
import type { Step } from './model.ts'
import { loadWorkflow } from './parse.ts'
import { concluded, joined } from './result.ts'
import type { Outcome, StepResult } from './result.ts'

/** Steps in short: `id: fields`. */
function stepsOf(lines: string): ReadonlyMap<string, Step> {
  const yaml = lines
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/: (.*)/s))
    .map(([id, fields]) => `  - { id: ${id ?? ''}, uses: qa.review${fields ? `, ${fields}` : ''} }\n`)
  return new Map(
    loadWorkflow(`name: x\nsteps:\n${yaml.join('')}`, SEED_KINDS).steps.map((step) => [step.id, step]),
  )
}

const ended = (outcome: Outcome, more: Partial<StepResult> = {}): StepResult => ({
  outcome,
  conclusion: outcome,
  attempts: 1,
  ...more,
})

/** Plays a run: every step that runs ends as `ends` says, success when it says nothing. */
function play(steps: ReadonlyMap<string, Step>, ends: Record<string, Outcome> = {}, cancelled = false) {
  const results = new Map<string, StepResult>()
  const told: Record<string, string> = {}
  for (let round = 0; round <= steps.size && results.size < steps.size; round += 1)
    for (const step of steps.values()) {
      if (results.has(step.id)) continue
      const decision = decide(step, { steps, results, cancelled }, { names: {} })
      if (decision.do === 'wait') continue
      told[step.id] = decision.do === 'skip' ? `skip: ${decision.reason}` : decision.do
      const outcome = decision.do === 'skip' ? 'skipped' : (ends[step.id] ?? 'success')
      const result = ended(outcome, decision.do === 'skip' ? { skippedBy: decision.by } : {})
      results.set(step.id, concluded(result, step.continue_on_error === true))
    }
  return { told, end: endOf(steps, results), results }
}

describe('a step of a line', () => {
  const line = stepsOf('a\nb\nc')

  it('runs after the step above succeeded', () => {
    expect(play(line)).toMatchObject({ told: { a: 'run', b: 'run', c: 'run' }, end: 'succeeded' })
  })

  it('is skipped after a step above failed, with its name as the reason', () => {
    expect(play(line, { a: 'failure' })).toMatchObject({
      told: { b: 'skip: a failed.', c: 'skip: a failed.' },
      end: 'failed',
    })
  })

  it('is skipped after a step above was cancelled', () => {
    expect(play(line, { b: 'cancelled' })).toMatchObject({
      told: { c: 'skip: b was cancelled.' },
      end: 'cancelled',
    })
  })

  it('runs after a step that its own if skipped', () => {
    const { told, end } = play(stepsOf('a\nb: if: false\nc'))
    expect(told).toEqual({ a: 'run', b: 'skip: Its "if" does not hold: false', c: 'run' })
    expect(end).toBe('succeeded')
  })

  it('runs after a failure that continue_on_error allows, and still sees that it was not ok', () => {
    const steps = stepsOf(
      'a: continue_on_error: true\nb\nc: if: "!steps.a.ok"\nd: if: steps.a.conclusion == \'success\'',
    )
    expect(play(steps, { a: 'failure' })).toMatchObject({
      told: { b: 'run', c: 'run', d: 'run' },
      end: 'succeeded',
    })
  })

  it('stays skipped after a failure although a step between ran always', () => {
    const { told } = play(stepsOf('build\nnotify: if: failure()\ndeploy'), { build: 'failure' })
    expect(told).toEqual({ build: 'run', notify: 'run', deploy: 'skip: build failed.' })
  })

  it('is a clean-up that runs in every case', () => {
    const steps = stepsOf('a\nb\nclean: if: always()')
    expect(play(steps, { a: 'failure' }).told.clean).toBe('run')
    expect(play(steps).told.clean).toBe('run')
    expect(play(steps, {}, true).told.clean).toBe('run')
  })

  it('does not run for failure() when all went well', () => {
    expect(play(stepsOf('a\nb: if: failure()')).told.b).toBe('skip: Its "if" does not hold: failure()')
  })
})

describe('a step that names its needs', () => {
  it('is skipped when one of them was skipped by its own if', () => {
    expect(play(stepsOf('a: if: false\nb: needs: a')).told.b).toBe('skip: a was skipped.')
  })

  it('is not poisoned by what came before a need that ran', () => {
    const { told } = play(stepsOf('a\nb: "if: always(), needs: a"\nc: needs: b'.replaceAll('"', '')), {
      a: 'failure',
    })
    expect(told).toEqual({ a: 'run', b: 'run', c: 'run' })
  })

  it('of a diamond waits for both sides', () => {
    const steps = stepsOf('a\nb: needs: a\nc: needs: a\nd: needs: [b, c]')
    const state: RunState = {
      steps,
      results: new Map([
        ['a', ended('success')],
        ['b', ended('success')],
      ]),
      cancelled: false,
    }
    expect(decide(steps.get('c') as Step, state, { names: {} })).toMatchObject({ do: 'run' })
    expect(decide(steps.get('d') as Step, state, { names: {} })).toEqual({
      do: 'wait',
      reason: 'Waits for c.',
    })
  })

  it('starts at once when there are none', () => {
    const steps = stepsOf('a\nb: needs: []')
    const start: RunState = { steps, results: new Map(), cancelled: false }
    expect(decide(steps.get('b') as Step, start, { names: {} }).do).toBe('run')
    expect(decide(steps.get('a') as Step, start, { names: {} }).do).toBe('run')
  })
})

describe('a step that reads another', () => {
  it('waits for it, and runs when its own if skipped it', () => {
    const steps = stepsOf(
      'a: "if: false"\nb: needs: [], if: steps.a.outcome == \'skipped\''.replaceAll('"', ''),
    )
    expect(play(steps).told.b).toBe('run')
  })

  it('as in the seed is skipped when the tests are not ok, and the run failed because of them', () => {
    const steps = stepsOf('qa\ntests\npr: if: steps.tests.ok && steps.qa.ok')
    expect(play(steps, { tests: 'failure' })).toMatchObject({
      told: { pr: 'skip: tests failed.' },
      end: 'failed',
    })
    expect(play(steps)).toMatchObject({ told: { pr: 'run' }, end: 'succeeded' })
  })
})

describe('a step', () => {
  it('asks for approval when it could run, not before', () => {
    const steps = stepsOf('a\nb: approval: true')
    expect(play(steps).told.b).toBe('approve')
    expect(play(steps, { a: 'failure' }).told.b).toBe('skip: a failed.')
  })

  it('is skipped when the run was cancelled', () => {
    expect(play(stepsOf('a\nb: if: cancelled()'), {}, true).told).toEqual({
      a: 'skip: The run was cancelled.',
      b: 'run',
    })
  })

  it('faults when its if cannot be computed', () => {
    const steps = stepsOf("a: if: fromJSON('x')")
    expect(() =>
      decide(steps.get('a') as Step, { steps, results: new Map(), cancelled: false }, { names: {} }),
    ).toThrow(/not JSON/)
  })
})

describe('a run', () => {
  const steps = stepsOf('a\nb')

  it('has no end while a step has none', () => {
    expect(endOf(steps, new Map([['a', ended('success')]]))).toBeUndefined()
  })

  it.each(['cancelled', 'timed_out', 'over_budget'] as const)(
    'that was stopped ends %s, whatever its steps say',
    (stop) => {
      expect(
        endOf(
          steps,
          new Map([
            ['a', ended('failure')],
            ['b', ended('success')],
          ]),
          stop,
        ),
      ).toBe(stop)
    },
  )

  it('of any steps and ends decides every step and ends once', () => {
    const condition = fc.constantFrom(
      '',
      ', if: always()',
      ', if: failure()',
      ', if: false',
      ', continue_on_error: true',
    )
    const shape = fc.array(
      fc.record({ needs: fc.option(fc.array(fc.nat(9), { maxLength: 3 })), condition }),
      { minLength: 1, maxLength: 10 },
    )
    const outcome = fc.constantFrom<Outcome>('success', 'failure', 'cancelled')
    fc.assert(
      fc.property(
        shape,
        fc.array(outcome, { minLength: 10, maxLength: 10 }),
        fc.boolean(),
        (rows, ends, cancelled) => {
          const lines = rows.map(({ needs, condition }, index) => {
            const before =
              needs === null
                ? ''
                : `, needs: [${needs
                    .filter((need) => need < index)
                    .map((need) => `s${need}`)
                    .join(', ')}]`
            return `s${index}: name: n${before}${condition}`
          })
          const all = stepsOf(lines.join('\n'))
          const { results, end } = play(
            all,
            Object.fromEntries(ends.map((end, index) => [`s${index}`, end])),
            cancelled,
          )
          expect(results.size).toBe(all.size)
          expect(end).toBeDefined()
          const hasFailed = [...results.values()].some(({ conclusion }) => conclusion === 'failure')
          expect(end === 'failed').toBe(hasFailed)
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('the result of a matrix', () => {
  it('is its worst, and its outputs are lists', () => {
    const result = joined([
      ended('success', { output: 'a', outputs: { n: 1 } }),
      ended('failure', { conclusion: 'success', error: { code: 'internal', message: 'no' }, attempts: 3 }),
    ])
    expect(result).toEqual({
      outcome: 'failure',
      conclusion: 'success',
      output: ['a', null],
      outputs: { n: [1, null] },
      error: { code: 'internal', message: 'no' },
      attempts: 4,
    })
  })
})
