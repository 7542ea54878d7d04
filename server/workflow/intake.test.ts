import { afterAll, beforeAll, expect, it } from 'vitest'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CATALOG } from '#dsl/catalog.ts'
import { loadWorkflow } from '#dsl/workflow/parse.ts'
import { stepKinds } from '#dsl/workflow/step-kind.ts'
import { startPostgres } from '#server/store/embedded.ts'
import { openStore } from '#server/store/store.ts'
import { ensureOwner } from '#server/store/users.ts'
import { openDatabase } from './database.ts'
import { openIntake } from './intake.ts'

let dataDir = ''
let postgres: Awaited<ReturnType<typeof startPostgres>>
let sql: ReturnType<typeof openDatabase>
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chispart-intake-'))
  postgres = await startPostgres({ dataDir, log: () => undefined })
  const store = await openStore(postgres)
  await ensureOwner(store)
  await store.close()
  sql = openDatabase(postgres.url, 3)
})
afterAll(async () => {
  await sql.end()
  await postgres.stop()
  await rm(dataDir, { recursive: true })
})

const KINDS = stepKinds(CATALOG)
function specOf(name: string) {
  const source = `name: ${name}\non: { manual: { inputs: { word: { type: string, default: w } } } }\nsteps:
  - { id: a, uses: exec, with: { cmd: "true" } }\n  - { id: b, uses: exec, with: { cmd: "true" } }\n`
  const workflow = loadWorkflow(source, KINDS)
  return {
    owner: 'owner',
    plan: 'libre',
    workflow,
    source,
    file: 'w.yaml',
    inputs: {},
    trigger: 'manual',
  } as const
}

it('numbers the runs of each workflow on, whoever begins them at once', async () => {
  const [here, there] = [openIntake(sql), openIntake(sql)]
  const wanted = Array.from({ length: 30 }, (_, n) => (n % 3 === 0 ? 'one' : 'two'))
  const begun = await Promise.all(wanted.map((name, n) => (n % 2 === 0 ? here : there)(specOf(name))))
  const numbers = (name: string) =>
    begun.flatMap(({ run }) => (run.workflow === name ? [run.number] : [])).toSorted((a, b) => a - b)
  expect(numbers('one')).toEqual(Array.from({ length: 10 }, (_, n) => n + 1))
  expect(numbers('two')).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
  const rows =
    await sql`select runs.id, events, (select count(*)::int from run_steps where run_id = runs.id) as steps,
    (select count(*)::int from run_events where run_id = runs.id) as told from runs`
  expect(rows).toHaveLength(30)
  for (const row of rows) expect(row).toMatchObject({ events: 3, steps: 2, told: 3 })
})

it('begins the others when one is refused, or cannot be stored', async () => {
  const begin = openIntake(sql)
  const own = [{}, { delivery: 'd' }, { delivery: 'd' }, { inputs: { other: 1 } }, {}]
  const [first, delivered, again, refused, last] = await Promise.allSettled(
    own.map((part) => begin({ ...specOf('three'), ...part })),
  )
  for (const begun of [first, delivered, last]) expect(begun?.status).toBe('fulfilled')
  expect(again?.status).toBe('rejected')
  expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'invalid' } })
  const rows = await sql`select number from runs where workflow = 'three' order by number`
  expect(rows.map(({ number }) => number as number)).toEqual([1, 2, 3])
})
