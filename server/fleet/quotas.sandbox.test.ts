import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OWNER } from '#server/artifacts/test-artifacts.ts'
import { openStage } from '#server/workflow/steps/test-stage.ts'
import type { Stage } from '#server/workflow/steps/test-stage.ts'

const NEVER = new AbortController().signal
const GRANT = { plan: 'test', commands: ['*'], terminals: true }
let stage: Stage

beforeAll(async () => {
  stage = await openStage()
  const sql = stage.artifacts.store.db.$client
  await sql`update users set plan = 'gratis' where id = ${OWNER}`
})
afterAll(() => stage.close())

describe('the workspaces of a person', () => {
  it('are as many at once as their plan says, and the one too many leaves nothing behind', async () => {
    const { fleet } = stage.server
    const one = await fleet.create(OWNER, 'one', undefined)
    const refused = fleet.create(OWNER, 'two', undefined)
    await expect(refused).rejects.toMatchObject({
      code: 'exhausted',
      message:
        'Your plan "gratis" runs 1 at a time, and 1 runs: one. Stop one (workspace.stop), or have the operator raise ' +
        '"workspaces" of the plan "gratis" (CHISPART_PLANS).',
      data: { quota: 'workspaces', used: 1, limit: 1, plan: 'gratis' },
    })
    expect((await fleet.list(OWNER)).map(({ name }) => name)).toEqual(['one'])
    await fleet.stop(one)
    const two = await fleet.create(OWNER, 'two', undefined)
    await expect(fleet.reach(one, NEVER)).rejects.toMatchObject({ code: 'exhausted' })
    expect(await fleet.list(OWNER)).toMatchObject([{ state: 'stopped' }, { state: 'running' }])
    await fleet.stop(two)
  })

  it('get the processes of the plan, and no more', async () => {
    const { fleet } = stage.server
    const link = await fleet.reach(await fleet.find(OWNER, 'one'), NEVER)
    let out = ''
    const emit = async (event: unknown) => void (out += (event as { data?: string }).data ?? '')
    const input = { cmd: 'ulimit -u', cwd: '..' }
    await link.call({ op: 'exec', input, grant: GRANT, streams: [], signal: NEVER, emit })
    expect(out.trim()).toBe('256')
  })
})
