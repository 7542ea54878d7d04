import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OWNER } from '#server/artifacts/test-artifacts.ts'
import { addAudit } from '#server/store/audit.ts'
import { sweepLeft } from './left-workspaces.ts'
import { workspaceId } from './steps/run-workspace.ts'
import { openStage } from './steps/test-stage.ts'
import type { Stage } from './steps/test-stage.ts'

const YAML = 'name: Demo\nsteps:\n  - { id: build, uses: shell.exec, with: { cmd: "exit 1" } }\n'
const KEEP_HOURS = 24

let stage: Stage
beforeAll(async () => void (stage = await openStage()))
afterAll(() => stage.close())

const sweep = () => {
  const { store } = stage.artifacts
  const parts = {
    store,
    workspaces: stage.server.workspaces,
    hours: KEEP_HOURS,
    log: pino({ level: 'silent' }),
  }
  return sweepLeft(parts, new AbortController().signal)
}

/** A failed run with its workspace, over for so many hours by the clock of the database. */
async function failedRun(id: string, hours: number) {
  const call = stage.callOf(YAML, { run: { id, number: Number(id.slice(1)) } })
  expect(await stage.run(call)).toMatchObject({ ok: false })
  await stage.server.runner.ended(call.run, false)
  await stage.artifacts.store.db.$client`
    insert into runs (id, owner_id, plan, number, workflow, state, trigger, source, file, model, inputs, ended_at, settled_at)
    values (${id}, ${OWNER}, 'libre', ${call.run.number}, 'Demo', 'failed', 'manual', '', 'demo.yaml', '{}', '{}',
      now() - make_interval(hours => ${hours}), now() - make_interval(hours => ${hours}))`
  return call.run
}

const isThere = async (run: { id: string; owner: string }) =>
  (await stage.server.workspaces.find(run)) !== undefined

async function used(run: { id: string }, hoursAgo: number, who: string | undefined, door = 'rpc') {
  const { store } = stage.artifacts
  const about = { workspaceId: workspaceId(run), action: 'exec', outcome: 'ok', detail: { door } }
  await addAudit(store, { ...about, userId: who })
  await store.db.$client`update audit set at = now() - make_interval(hours => ${hoursAgo})
    where "workspaceId" = ${workspaceId(run)}`
}

describe('the workspace that a failed run left', () => {
  it('is there for a person until its time is over, and is gone then', async () => {
    const [young, old] = [await failedRun('r21', KEEP_HOURS - 1), await failedRun('r22', KEEP_HOURS)]
    await sweep()
    expect(await isThere(young)).toBe(true)
    expect(await isThere(old)).toBe(false)
    await stage.artifacts.store.db.$client`
      update runs set ended_at = now() - make_interval(hours => ${KEEP_HOURS}) where id = 'r21'`
    await sweep()
    await sweep()
    expect(await isThere(young)).toBe(false)
  })

  it('stays for as long after its last use by a person', async () => {
    const run = await failedRun('r23', 100)
    await used(run, KEEP_HOURS - 1, OWNER)
    await sweep()
    expect(await isThere(run)).toBe(true)
    await used(run, KEEP_HOURS, OWNER)
    await sweep()
    expect(await isThere(run)).toBe(false)
  })

  it.each([
    ['a program in it that asks the network', undefined, undefined],
    ['a step of its run', OWNER, 'workflow'],
  ])('is not kept by %s', async (_, who, door) => {
    const run = await failedRun(who ? 'r24' : 'r25', 100)
    await used(run, 1, who, door)
    await sweep()
    expect(await isThere(run)).toBe(false)
  })

  it('stays while another run goes on in it', async () => {
    const run = await failedRun('r28', 100)
    const { $client: sql } = stage.artifacts.store.db
    await sql`insert into runs (id, owner_id, plan, number, workflow, state, trigger, source, file, model, inputs, home)
      values ('r29', ${OWNER}, 'libre', 29, 'Demo', 'running', 'retry', '', 'demo.yaml', '{}', '{}', 'r28')`
    await sweep()
    expect(await isThere(run)).toBe(true)
    await sql`update runs set ended_at = now() - make_interval(hours => ${KEEP_HOURS}) where id = 'r29'`
    await sweep()
    expect(await isThere(run)).toBe(false)
  })

  it('stays while a terminal is open in it', async () => {
    const run = await failedRun('r26', 100)
    const row = await stage.server.workspaces.find(run)
    if (!row) throw new Error('no workspace')
    const link = await stage.server.fleet.runningLink(row, AbortSignal.timeout(15_000))
    const asked = (op: string, input: Record<string, unknown>, streams: readonly number[] = []) => {
      const grant = { plan: 'libre', commands: ['*'], terminals: true }
      const signal = AbortSignal.timeout(15_000)
      return link.call({ op, input, grant, streams, signal, emit: () => Promise.resolve() })
    }
    const { pty } = await asked('pty.open', {}, [1])
    await sweep()
    expect(await isThere(run)).toBe(true)
    await asked('pty.close', { pty })
    await sweep()
    expect(await isThere(run)).toBe(false)
  })
})
