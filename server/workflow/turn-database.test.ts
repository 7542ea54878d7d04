import { afterAll, beforeAll, expect, it } from 'vitest'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '#server/store/embedded.ts'
import { openDatabase } from './database.ts'
import { openTurnDatabase } from './turn-database.ts'
import type { TurnDatabase } from './turn-database.ts'

let dataDir = ''
let postgres: Awaited<ReturnType<typeof startPostgres>>
let sql: ReturnType<typeof openDatabase>
let db: TurnDatabase
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chispart-turns-'))
  postgres = await startPostgres({ dataDir, log: () => undefined })
  sql = openDatabase(postgres.url, 1)
  await sql`create table marks (id int primary key)`
  db = openTurnDatabase(postgres.url)
})
afterAll(async () => {
  await db.close()
  await sql.end()
  await postgres.stop()
  await rm(dataDir, { recursive: true })
})

const marks = async () => (await sql`select id from marks order by id`).map(({ id }) => id as number)
const add = (id: number) =>
  db.transact(async (on) => {
    await on`select 1`
    return { result: id, last: [on`insert into marks values (${id})`] }
  })

it('commits what a turn writes last, and answers its result', async () => {
  expect(await add(1)).toBe(1)
  expect(await marks()).toEqual([1])
})

it('commits nothing when one of the last statements fails, wherever it stands, and goes on afterwards', async () => {
  const failing = db.transact(async (on) => {
    await on`insert into marks values (10)`
    return {
      result: 0,
      last: [on`insert into marks values (11)`, on`insert into marks values (1)`, on`select 1`],
    }
  })
  await expect(failing).rejects.toMatchObject({ code: '23505' })
  expect(await marks()).toEqual([1])
  await add(2)
  expect(await marks()).toEqual([1, 2])
})

it('commits nothing of a turn that gives up', async () => {
  const failing = db.transact(async (on) => {
    await on`insert into marks values (20)`
    throw new Error('given up')
  })
  await expect(failing).rejects.toThrow('given up')
  expect(await marks()).toEqual([1, 2])
})

it('rejects when its connection breaks, and opens another', async () => {
  const broken = db.transact(async (on) => {
    const [row] = await on`select pg_backend_pid() as pid`
    await Promise.all([sql`select pg_terminate_backend(${row?.['pid'] as number})`, on`select pg_sleep(10)`])
    return { result: 0, last: [on`insert into marks values (30)`] }
  })
  await expect(broken).rejects.toThrow()
  await expect.poll(() => add(3).catch(() => undefined)).toBe(3)
  expect(await marks()).toEqual([1, 2, 3])
})
