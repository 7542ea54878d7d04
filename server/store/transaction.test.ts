import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestStore } from './test-store.ts'
import type { TestStore } from './test-store.ts'
import { isDatabaseAway, storeFault } from './transaction.ts'

let test: TestStore
beforeAll(async () => void (test = await openTestStore()))
afterAll(() => test.close())

it('a transaction whose connection is cut rejects, and the next one works', async () => {
  const cut = test.store.db.transaction(async (tx) => {
    await tx.execute('select pg_terminate_backend(pg_backend_pid())')
    await tx.execute('select 1')
  })
  const error: unknown = await cut.catch((error: unknown) => error)
  expect(isDatabaseAway(error)).toBe(true)
  expect(storeFault(error)).toMatchObject({ code: 'unavailable', data: { reason: 'database' } })
  expect(await test.store.db.transaction(async (tx) => (await tx.execute('select 1 as one'))[0])).toEqual({
    one: 1,
  })
})

it('a transaction whose own code throws is rolled back', async () => {
  const broken = test.store.db.transaction(async (tx) => {
    await tx.execute('create table left_behind ()')
    throw new Error('after all not')
  })
  await expect(broken).rejects.toThrow('after all not')
  const [row] = await test.store.db.execute("select to_regclass('left_behind') as found")
  expect(row).toEqual({ found: null })
})

it('a statement that is wrong is no database that is away', async () => {
  const error: unknown = await test.store.db
    .execute('select nothing from nowhere')
    .catch((error: unknown) => error)
  expect(isDatabaseAway(error)).toBe(false)
  expect(storeFault(error).code).toBe('internal')
})
