import { expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { EVENTS, fakeRuns } from '#dsl/powers/fake/runs.ts'

it('run.watch hands over what comes after the cursor, and ends with the run', async () => {
  const events: unknown[] = []
  const input = { run: 'r1', cursor: 1 }
  expect(await call('run.watch', { runs: fakeRuns() }, input, events)).toEqual({ cursor: 3 })
  expect(events).toEqual(EVENTS.slice(1))
})
