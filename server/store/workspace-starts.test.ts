import { afterAll, beforeAll, beforeEach, expect, describe, it } from 'vitest'
import { workspaceId } from '#server/workflow/steps/run-workspace.ts'
import { openTestStore } from './test-store.ts'
import type { TestStore } from './test-store.ts'
import { beginStart } from './workspace-starts.ts'
import { addWorkspace, updateWorkspace } from './workspaces.ts'

let postgres: TestStore
const sql = () => postgres.store.db.$client

beforeAll(async () => {
  postgres = await openTestStore()
  await sql()`insert into users (id, name, role, plan)
    values ('ana', 'Ana', 'member', 'gratis'), ('bo', 'Bo', 'member', 'gratis')`
})
afterAll(() => postgres.close())
beforeEach(async () => {
  await sql()`delete from workspaces`
  await sql()`delete from runs`
})

const add = (id: string, owner = 'ana') =>
  addWorkspace(postgres.store, { id, ownerId: owner, name: `name-${id}`, state: 'stopped', driver: 'fake' })
const start = (id: string, limit: number | undefined, owner = 'ana') =>
  beginStart(postgres.store, { id, owner, tokenHash: 'hash', limit })
const run = (id: string, ended: Date | null, home: string | null = null) => sql()`
  insert into runs (id, owner_id, plan, number, workflow, state, trigger, source, file, model, inputs, ended_at, home)
  values (${id}, 'ana', 'gratis', 1, 'w', 'running', 'manual', '', 'w.yaml', '{}', '{}', ${ended}, ${home})`

describe('the start of a workspace', () => {
  it('is refused with the names of those that run, when the plan lets no further one', async () => {
    for (const id of ['w1', 'w2', 'w3']) await add(id)
    await add('w4', 'bo')
    for (const id of ['w1', 'w2']) expect(await start(id, 2)).toMatchObject({ row: { state: 'starting' } })
    expect(await start('w3', 2)).toEqual({ running: ['name-w1', 'name-w2'] })
    expect(await start('w4', 1, 'bo')).toMatchObject({ row: { id: 'w4' } })
    await updateWorkspace(postgres.store, 'w1', { state: 'stopped' })
    expect(await start('w3', 2)).toMatchObject({ row: { id: 'w3', tokenHash: 'hash' } })
    expect(await start('w1', undefined)).toMatchObject({ row: { id: 'w1' } })
  })

  it('may be asked again for one that counts already', async () => {
    await add('w1')
    await start('w1', 1)
    expect(await start('w1', 1)).toMatchObject({ row: { id: 'w1' } })
    expect(await start('gone', 2)).toEqual({ row: undefined })
  })

  it('never passes the quota, however many are asked for at once', async () => {
    const ids = Array.from({ length: 12 }, (_, n) => `w${n}`)
    for (const id of ids) await add(id)
    const starts = await Promise.all(ids.map((id) => start(id, 3)))
    expect(starts.filter((one) => 'row' in one)).toHaveLength(3)
    expect(await sql()`select id from workspaces where state = 'starting'`).toHaveLength(3)
  })

  it('does not count one in which a run works, until the run has ended', async () => {
    const ofRun = [workspaceId({ id: 'r1' }), workspaceId({ id: 'r2' })]
    for (const id of [...ofRun, 'w1']) await add(id)
    await run('r1', null)
    await run('r3', null, 'r2')
    for (const id of ofRun) expect(await start(id, 1)).toMatchObject({ row: { id } })
    expect(await start('w1', 1)).toMatchObject({ row: { id: 'w1' } })
    await updateWorkspace(postgres.store, 'w1', { state: 'stopped' })
    await sql()`update runs set ended_at = now()`
    expect(await start('w1', 1)).toEqual({ running: ofRun.map((id) => `name-${id}`) })
  })
})
