import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OWNER } from '#server/artifacts/test-artifacts.ts'
import { openStage } from '#server/workflow/steps/test-stage.ts'
import type { Stage } from '#server/workflow/steps/test-stage.ts'
import { makeCgroup, removeCgroup } from './drivers/bubblewrap/cgroup.ts'

const NEVER = new AbortController().signal
const GRANT = { plan: 'test', commands: ['*'], terminals: true }
const MIB = 1_048_576
const hasGroups = await canMakeGroups()
let stage: Stage

beforeAll(async () => {
  stage = await openStage()
  const sql = stage.artifacts.store.db.$client
  await sql`update users set plan = 'gratis' where id = ${OWNER}`
  await stage.server.fleet.create(OWNER, 'one', undefined)
})
afterAll(() => stage.close())

async function canMakeGroups(): Promise<boolean> {
  const limits = { diskBytes: 1e6, memoryBytes: 1e8, pids: 10, cpus: 1 }
  const group = await makeCgroup(`usage-${process.pid}`, limits)
  if (group) await removeCgroup(group)
  return group !== undefined
}

const one = () => stage.server.fleet.find(OWNER, 'one')
async function run(cmd: string): Promise<void> {
  const link = await stage.server.fleet.reach(await one(), NEVER)
  const emit = () => Promise.resolve()
  const input = { cmd, cwd: '..' }
  await link.call({ op: 'exec', input, grant: GRANT, streams: [], signal: NEVER, emit })
}
const usage = async () => stage.server.fleet.usage(await one())

describe('what a workspace uses', () => {
  it('is measured beside the limits of its plan', async () => {
    const before = await usage()
    const disk = { diskBytes: 2 ** 31, diskBytesPerSecond: 50 * MIB }
    expect(before.limits).toEqual({ cpus: 0.5, memoryBytes: 2 ** 30, ...disk, pids: 256 })
    expect(before.egress).toEqual({ sent: 0, received: 0 })
    await run('head -c 20000000 /dev/urandom > big; sync')
    const after = await usage()
    expect(after.now?.memoryBytes).toBeGreaterThan(MIB)
    expect(after.now?.cpuMs).toBeGreaterThan(before.now?.cpuMs ?? Infinity)
    expect((after.now?.diskBytes ?? 0) - (before.now?.diskBytes ?? 0)).toBeGreaterThan(19e6)
  })

  it.runIf(hasGroups)('tells the programs that were ended for memory', async () => {
    await run(`/opt/chispart/bin/node -e 'a=[];for(;;)a.push(Buffer.alloc(8e6,1))'`)
    expect((await usage()).now?.oomKills).toBeGreaterThan(0)
  })

  it.runIf(hasGroups)(
    'of one that ended after memory ran out is that reason, until it is started again',
    async () => {
      // Memory ran out in it just now; what the kernel ended was no longer worth the rest, so all of it ends.
      const ended = run('kill -9 -1')
      await expect(ended).rejects.toMatchObject({ code: 'unavailable' })
      // Who asks before anybody has seen that it ended need not wait for a link that will not come.
      const asked = performance.now()
      await stage.server.fleet.runningLink(await one(), NEVER).catch(() => undefined)
      expect(performance.now() - asked).toBeLessThan(10_000)
      await expect.poll(async () => (await one()).endedBy).toBe('oom')
      await expect(stage.server.fleet.runningLink(await one(), NEVER)).rejects.toMatchObject({
        code: 'conflict',
        message: 'The workspace "one" ran out of memory and ended. workspace.start starts it.',
        data: { endedBy: 'oom' },
      })
      expect(await usage()).not.toHaveProperty('now')
      expect(await stage.server.fleet.start(await one())).toMatchObject({ state: 'running', endedBy: null })
    },
  )
})
