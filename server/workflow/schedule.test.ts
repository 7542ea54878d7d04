import { PgBoss } from 'pg-boss'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CATALOG } from '#dsl/catalog.ts'
import type { Workflows } from '#dsl/powers/workflows.ts'
import { stepKinds } from '#dsl/workflow/step-kind.ts'
import { workflowsPower } from '#server/powers/workflows.ts'
import { startPostgres } from '#server/store/embedded.ts'
import { openStore } from '#server/store/store.ts'
import type { Store } from '#server/store/store.ts'
import { ensureOwner } from '#server/store/users.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bossDatabase, openDatabase } from './database.ts'
import { beginRun } from './begin-run.ts'
import type { NewRun } from './begin-run.ts'
import { CRON_QUEUE, beginDue, startSchedule } from './schedule.ts'
import type { Due, Schedule } from './schedule.ts'

const KINDS = stepKinds(CATALOG)
const LOG = pino({ level: 'silent' })
let dataDir = ''
let postgres: Awaited<ReturnType<typeof startPostgres>>
let store: Store
let sql: ReturnType<typeof openDatabase>
let boss: PgBoss
let workflows: Workflows
let schedule: Schedule
const begun: NewRun[] = []
const parts = () => ({
  url: postgres.url,
  store,
  kinds: KINDS,
  log: LOG,
  begin: (spec: NewRun) => {
    begun.push(spec)
    return beginRun(sql, spec)
  },
})

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chispart-clock-'))
  postgres = await startPostgres({ dataDir, log: () => undefined })
  store = await openStore(postgres)
  await ensureOwner(store)
  sql = openDatabase(postgres.url, 1)
  workflows = workflowsPower({ store, kinds: KINDS, examples: new Map() }, 'owner')
  schedule = await startSchedule(parts())
  // Another program beside it, to see what is planned and to say that something is due.
  boss = new PgBoss({ db: bossDatabase(sql), schedule: false, supervise: false })
  await boss.start()
})
afterAll(async () => {
  await schedule.close()
  await boss.stop({ graceful: false })
  await sql.end()
  await store.close()
  await postgres.stop()
  await rm(dataDir, { recursive: true })
})

const flow = (name: string, on: string) =>
  `name: ${name}\non: ${on}\nsteps: [{ uses: exec, with: { cmd: ls } }]\n`
const planned = async () =>
  (await boss.getSchedules(CRON_QUEUE)).map(({ cron, timezone, data }) => [
    cron,
    timezone,
    (data as Due).workflow,
  ])
const due = (workflow: string, cron: string): Due => ({ owner: 'owner', workflow, cron, tz: 'UTC' })

describe('the clock of workflows', () => {
  it('plans what is stored, each line of it, and no more than that', async () => {
    const two = "{ cron: ['0 3 * * *', { cron: '0 4 * * *', tz: Europe/Madrid }] }"
    await workflows.save(flow('dusk', two))
    await workflows.save(flow('byHand', 'manual'))
    await schedule.sync()
    expect((await planned()).sort()).toEqual([
      ['0 3 * * *', 'UTC', 'dusk'],
      ['0 4 * * *', 'Europe/Madrid', 'dusk'],
    ])
    await workflows.save(flow('dusk', "{ cron: '0 5 * * *' }"))
    await schedule.sync()
    expect(await planned()).toEqual([['0 5 * * *', 'UTC', 'dusk']])
    await workflows.remove('dusk')
    await schedule.sync()
    expect(await planned()).toEqual([])
  })

  it('begins what is due, also what was due while no server ran', async () => {
    await workflows.save(flow('dawn', "{ cron: '0 6 * * *' }"))
    await schedule.close()
    await boss.send(CRON_QUEUE, due('dawn', '0 6 * * *'))
    schedule = await startSchedule(parts())
    await expect.poll(() => begun.length).toBe(1)
    expect(begun).toMatchObject([{ owner: 'owner', plan: 'libre', trigger: 'cron', file: 'dawn.yaml' }])
    const rows = await sql`select workflow, trigger from runs`
    expect([...rows]).toEqual([{ workflow: 'dawn', trigger: 'cron' }])
  })

  it('begins nothing twice, nothing that changed since, and nothing that is gone', async () => {
    const before = begun.length
    const job = (data: Due, retryCount = 0) => ({
      data,
      retryCount,
      createdOn: new Date(Date.now() - 60_000),
    })
    const take = (...args: Parameters<typeof job>) => beginDue({ ...parts(), sql }, job(...args))
    await take(due('dawn', '0 6 * * *'), 1)
    await take(due('dawn', '0 7 * * *'))
    await take(due('gone', '0 6 * * *'))
    expect(begun.length).toBe(before)
    await take(due('dawn', '0 6 * * *'))
    expect(begun.length).toBe(before + 1)
  })
})
