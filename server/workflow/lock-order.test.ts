import { afterAll, beforeAll, expect, it } from 'vitest'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { CATALOG } from '#dsl/catalog.ts'
import { loadWorkflow } from '#dsl/workflow/parse.ts'
import { stepKinds } from '#dsl/workflow/step-kind.ts'
import { startPostgres } from '#server/store/embedded.ts'
import { openStore } from '#server/store/store.ts'
import type { Store } from '#server/store/store.ts'
import { ensureOwner } from '#server/store/users.ts'
import { beginRun } from './begin-run.ts'
import { openDatabase } from './database.ts'
import { openQueue } from './queue.ts'
import { openTurnDatabase } from './turn-database.ts'
import { takeTurn } from './turn.ts'
import type { TurnResult, Work } from './turn.ts'

let dataDir = ''
let postgres: Awaited<ReturnType<typeof startPostgres>>
let store: Store
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chispart-locks-'))
  postgres = await startPostgres({ dataDir, log: () => undefined })
  store = await openStore(postgres)
  await ensureOwner(store)
})
afterAll(async () => {
  await store.close()
  await postgres.stop()
  await rm(dataDir, { recursive: true })
})

const ROUNDS = 200
const STEPS = ['a', 'b', 'c', 'd', 'e', 'f']
const TEXT = `name: t\non: manual\nsteps:\n${STEPS.map((id) => `  - { id: ${id}, needs: [], uses: exec, with: { cmd: "true" } }\n`).join('')}`

async function workerOf(worker: string, key: number) {
  await store.db.$client`insert into workers (id, key, queues) values (${worker}, ${key}, '{shell}')`
  const [db, queue] = [openTurnDatabase(postgres.url), await openQueue(postgres.url, ['shell'])]
  const parts = { db, queue, worker, queues: ['shell'], known: new Map(), log: pino({ level: 'silent' }) }
  return {
    turn: (work: Partial<Work>): Promise<TurnResult> =>
      takeTurn(
        { ...parts, runner: { queueOf: () => 'shell' } },
        { finished: [], begun: [], dirty: new Set(), look: new Set(), free: 0, ...work },
      ),
    async close() {
      await queue.close()
      await db.close()
    },
  }
}

it('a cancel that meets a claim of the same steps waits for it, or the claim for the cancel, but never both', async () => {
  const sql = openDatabase(postgres.url, 2)
  const [one, other] = [await workerOf('one', 1), await workerOf('other', 2)]
  const workflow = loadWorkflow(TEXT, stepKinds(CATALOG), 't.yaml')
  const spec = { owner: 'owner', plan: 'libre', workflow, source: TEXT, file: 't.yaml', inputs: {} }
  const met = { claimed: 0, cancelled: 0 }
  for (let round = 0; round < ROUNDS; round++) {
    const { run } = await beginRun(sql, { ...spec, trigger: 'manual' })
    await one.turn({ dirty: new Set([run.id]) })
    const cancel = async () => {
      await sql`update runs set stop = 'cancelled' where id = ${run.id}`
      await one.turn({ dirty: new Set([run.id]) })
    }
    const claim = () => other.turn({ look: new Set(['shell']), free: 4 })
    const both = round % 2 === 0 ? [claim(), cancel()] : [cancel(), claim()]
    const [started = []] = (await Promise.all(both)).flatMap((result) => (result ? [result.started] : []))
    met[started.length > 0 ? 'claimed' : 'cancelled'] += 1
    // What the claim left for others to find is of no step.
    expect((await other.turn({ look: new Set(['shell']), free: 9 })).started).toEqual([])
  }
  expect(Math.min(met.claimed, met.cancelled), JSON.stringify(met)).toBeGreaterThan(0)
  const [jobs] = await sql<{ n: number }[]>`select count(*)::int as n from pgboss.job`
  expect(jobs?.n).toBe(0)
  await one.close()
  await other.close()
  await sql.end()
})
