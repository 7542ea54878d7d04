import { describe, expect, it } from 'vitest'
import { contextOf, pendingOf, statusOf } from './commit-status.ts'
import type { RunNews } from './commit-status.ts'

const run = (change: Partial<RunNews>): RunNews => ({
  ...{ number: 7, state: 'running', hasBegun: true, seconds: null, asks: null, failed: null },
  ...change,
})

describe('what a commit hears of a run', () => {
  it.each([
    [{ state: 'queued', hasBegun: false }, 'pending', 'Run #7 goes on.'],
    [{ state: 'running' }, 'pending', 'Run #7 goes on.'],
    [{ state: 'waiting', hasBegun: false }, 'pending', 'Run #7 waits for its turn.'],
    [{ state: 'waiting', asks: 'deploy' }, 'pending', 'Run #7 waits for an approval: deploy.'],
    [{ state: 'succeeded', seconds: 42 }, 'success', 'Run #7 succeeded in 42 s.'],
    [{ state: 'succeeded', seconds: 185 }, 'success', 'Run #7 succeeded in 3 min 5 s.'],
    [{ state: 'failed', failed: 'qa, tests', seconds: 1 }, 'failure', 'Run #7 failed: qa, tests.'],
    [{ state: 'cancelled', hasBegun: false }, 'error', 'Run #7 was cancelled.'],
    [{ state: 'timed_out', seconds: 1 }, 'error', 'Run #7 took longer than it may.'],
    [{ state: 'over_budget', seconds: 1 }, 'error', 'Run #7 cost more than it may.'],
  ] as const)('%j is %s', (change, state, description) => {
    expect(statusOf(run(change))).toEqual({ state, description })
  })

  it('is the same before a worker takes the run as after', () => {
    expect(pendingOf(7)).toEqual(statusOf(run({ state: 'queued', hasBegun: false })))
    expect(pendingOf(7)).toEqual(statusOf(run({})))
  })

  it('has no more letters than GitHub takes, and never half of one', () => {
    const failed = 'é👍'.repeat(100)
    for (const more of ['', 'x', 'xx']) {
      const { description } = statusOf(run({ state: 'failed', failed: more + failed, seconds: 1 }))
      expect(description.length).toBeLessThanOrEqual(140)
      expect(description.isWellFormed()).toBe(true)
      expect(description.endsWith('…')).toBe(true)
    }
    expect(contextOf('👍'.repeat(128)).length).toBeLessThanOrEqual(255)
    expect(contextOf('feature-branch-ci')).toBe('chispart/feature-branch-ci')
  })
})
