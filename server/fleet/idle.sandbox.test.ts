import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { pino } from 'pino'
import { OWNER } from '#server/artifacts/test-artifacts.ts'
import { openStage } from '#server/workflow/steps/test-stage.ts'
import type { Stage } from '#server/workflow/steps/test-stage.ts'
import { workspaceId } from '#server/workflow/steps/run-workspace.ts'
import { idleLook } from './idle.ts'
import type { IdleParts } from './idle.ts'
import type { WorkspaceRow } from '#server/store/workspaces.ts'

const NEVER = new AbortController().signal
const GRANT = { plan: 'test', commands: ['*'], terminals: true }
const MINUTE = 60_000
const BOX = { plan: 'small', cpus: 1, memoryMiB: 512, diskMiB: 512, pids: 64 }
const QUOTA = { ...BOX, idleMinutes: 15 }
let stage: Stage
let row: WorkspaceRow
/** What the test moves: its clock, the use and the CPU time of the workspace. */
let now = 0
let uses = 0
let cpuMs = 0

beforeAll(async () => {
  stage = await openStage()
  row = await stage.server.fleet.create(OWNER, 'one', undefined)
})
afterAll(() => stage.close())
beforeEach(() => stage.server.fleet.start(row))

function lookOf(more: Partial<IdleParts> = {}) {
  const { fleet } = stage.server
  const parts = { host: 'test', store: stage.artifacts.store, fleet, log: pino({ level: 'silent' }) }
  const measured = { memoryBytes: 0, pids: 1, diskBytes: 0 }
  const look = idleLook({
    ...parts,
    driver: { stats: () => Promise.resolve({ ...measured, cpuMs }) },
    hub: { uses: () => uses },
    quotaFor: () => Promise.resolve(QUOTA),
    now: () => now,
    ...more,
  })
  return async (minutes: number) => {
    now += minutes * MINUTE
    await look(NEVER)
    return (await fleet.find(OWNER, row.id)).state
  }
}

describe('a workspace that nobody uses', () => {
  it('is stopped after the minutes of its plan, says why, keeps its files and is woken by its next use', async () => {
    const { fleet } = stage.server
    const look = lookOf()
    expect(await look(0)).toBe('running')
    expect(await look(14.9)).toBe('running')
    expect(await look(0.1)).toBe('stopped')
    const stopped = await fleet.find(OWNER, row.id)
    expect(stopped.endedBy).toBe('idle')
    await expect(fleet.runningLink(stopped, NEVER)).rejects.toMatchObject({
      message: 'The workspace "one" was stopped because nobody used it. workspace.start starts it.',
    })
    await fleet.reach(stopped, NEVER)
    expect(await fleet.find(OWNER, row.id)).toMatchObject({ state: 'running', endedBy: null })
  })

  it('is none while it is called or typed into, or burns CPU', async () => {
    const look = lookOf()
    await look(0)
    await look(14)
    uses += 1
    expect(await look(14)).toBe('running')
    expect(await look(14)).toBe('running')
    cpuMs += 0.03 * 14 * MINUTE
    expect(await look(14)).toBe('running')
    // What a runtime needs to wait.
    cpuMs += 0.01 * 15 * MINUTE
    expect(await look(15)).toBe('stopped')
  })

  it('goes on when it is used while it is about to be stopped', async () => {
    const { fleet } = stage.server
    const retire: typeof fleet.retire = (one, isIdle) => {
      uses += 1
      return fleet.retire(one, isIdle)
    }
    const look = lookOf({ fleet: { retire } })
    await look(0)
    expect(await look(15)).toBe('running')
    expect(await look(14)).toBe('running')
  })

  it('is never one of a plan without such a limit', async () => {
    const look = lookOf({ quotaFor: () => Promise.resolve(BOX) })
    await look(0)
    expect(await look(1e6)).toBe('running')
  })

  it('is one of a run only while none of its steps is under way', async () => {
    const sql = stage.artifacts.store.db.$client
    const own = await stage.server.fleet.create(OWNER, 'of-run', undefined, { id: workspaceId({ id: 'r7' }) })
    await sql`insert into runs (id, owner_id, plan, number, workflow, state, trigger, source, file, model, inputs)
      values ('r7', ${OWNER}, 'libre', 7, 'w', 'running', 'manual', '', 'w.yaml', '{}', '{}')`
    await sql`insert into run_steps (run_id, id, place, step, state) values ('r7', 'a', 1, 'a', 'running')`
    const look = lookOf()
    const state = async () => (await stage.server.fleet.find(OWNER, own.id)).state
    await look(0)
    await look(60)
    expect(await state()).toBe('running')
    await sql`update run_steps set state = 'approval' where run_id = 'r7'`
    await look(60)
    expect(await state()).toBe('stopped')
  })
})

describe('the use of a workspace', () => {
  it('is a command that runs in it, and not a look at it', async () => {
    const { fleet, hub } = stage.server
    const link = await fleet.reach(row, NEVER)
    const ask = (op: string, input: object, signal = NEVER) =>
      link.call({ op, input: { ...input }, grant: GRANT, streams: [], signal, emit: () => Promise.resolve() })
    const before = hub.uses(row.id)
    await ask('pty.list', {})
    expect(hub.uses(row.id)).toBe(before)
    const stop = new AbortController()
    const command = ask('exec', { cmd: 'sleep 600', cwd: '..' }, stop.signal)
    const begun = hub.uses(row.id)
    expect(begun).toBeGreaterThan(before)
    // It prints nothing and needs no CPU, but it goes on: the runtime says so.
    await expect.poll(() => hub.uses(row.id), { timeout: 15_000 }).toBeGreaterThan(begun + 1)
    stop.abort()
    await command.catch(() => undefined)
  }, 30_000)
})
