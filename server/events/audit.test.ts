import { pino } from 'pino'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listAudit } from '#server/store/audit.ts'
import { createSecrets } from '#server/redact/secrets.ts'
import { openTestStore } from '#server/store/test-store.ts'
import type { TestStore } from '#server/store/test-store.ts'
import { createAudit } from './audit.ts'
import type { Audit } from './audit.ts'

let test: TestStore
let audit: Audit
const lines: string[] = []
const log = pino({ level: 'warn' }, { write: (line) => void lines.push(line) })
const SECRET = 'ghp_0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT'

beforeAll(async () => {
  test = await openTestStore()
  audit = createAudit(test.store, log, createSecrets([{ value: SECRET, label: 'A_TOKEN' }]))
})
afterAll(() => test.close())

const actions = async () => (await listAudit(test.store, 1000)).map(({ action }) => action).reverse()

it('keeps nobody waiting for the database while rows are slow to be kept, and loses none', async () => {
  const sql = test.store.db.$client
  const watcher = postgres(test.url, { max: 1 })
  const held = Promise.withResolvers<undefined>()
  const locked = Promise.withResolvers<undefined>()
  const lock = sql.begin(async (tx) => {
    await tx`lock table audit in access exclusive mode`
    locked.resolve(undefined)
    await held.promise
  })
  await locked.promise
  const names = Array.from({ length: 1200 }, (_, n) => `slow.${n}`)
  for (const action of names) audit.record({ action, outcome: 'ok' })
  await expect
    .poll(async () => Number((await watcher`select count(*) from pg_locks where not granted`)[0]?.['count']))
    .toBeGreaterThan(0)
  // More than there are connections, so that none may hang on a row.
  const asked = await Promise.all(Array.from({ length: 30 }, (_, n) => sql`select ${n}::int as n`))
  expect(asked.map(([row]) => Number(row?.['n']))).toEqual(Array.from({ length: 30 }, (_, n) => n))
  held.resolve(undefined)
  await lock
  await watcher.end()
  await audit.close()
  expect(await actions()).toEqual(names.slice(-1000))
})

it('loses only the row that cannot be kept, and says so', async () => {
  for (const action of ['before', 'with\0nul', 'after']) audit.record({ action, outcome: 'ok' })
  await audit.close()
  expect((await actions()).slice(-2)).toEqual(['before', 'after'])
  expect(lines.filter((line) => line.includes('an audit row was lost'))).toHaveLength(1)
})

it('keeps no secret that a reason repeats', async () => {
  audit.record({ action: 'told', outcome: 'not_found', reason: `There is no ${SECRET}.` })
  await audit.close()
  const [row] = await listAudit(test.store, 1)
  expect(row?.detail).toMatchObject({
    reason: `There is no ${'***[A_TOKEN]***'.padEnd(SECRET.length, '*')}.`,
  })
})
