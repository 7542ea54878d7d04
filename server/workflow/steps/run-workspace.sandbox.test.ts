import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { Fault } from '#dsl/fault.ts'
import { OWNER } from '#server/artifacts/test-artifacts.ts'
import { runWorkspaces, workspaceId } from './run-workspace.ts'
import { openStage } from './test-stage.ts'
import type { Stage } from './test-stage.ts'

let stage: Stage
beforeAll(async () => void (stage = await openStage()))
afterAll(() => stage.close())

it('gives no step a workspace that another process takes away because it did not start for that one', async () => {
  const { fleet, driver } = stage.server
  const { run } = stage.callOf('name: t\nsteps: [{ id: a, uses: exec, with: { cmd: "true" } }]')
  const joined = Promise.withResolvers<void>()
  const here = runWorkspaces(fleet)
  const there = runWorkspaces({
    ...fleet,
    start(...asked) {
      joined.resolve()
      return fleet.start(...asked)
    },
  })
  const failing = Promise.withResolvers<void>()
  const start = vi.spyOn(driver, 'start').mockImplementationOnce(async () => {
    failing.resolve()
    await joined.promise
    throw new Fault('unavailable', 'It does not start this time.')
  })

  const first = here.ready(run)
  await failing.promise
  const row = await there.ready(run)
  await first
  const { createdAt } = row
  expect(await fleet.find(OWNER, workspaceId(run))).toMatchObject({ createdAt, state: 'running' })
  start.mockRestore()
})
