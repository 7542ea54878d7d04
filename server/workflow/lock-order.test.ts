import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
import type { StepQueue } from './queue.ts'
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
  let claimed = () => Promise.resolve()
  const claim: StepQueue['claim'] = async (...how) => {
    const claims = await queue.claim(...how)
    await claimed()
    return claims
  }
  const parts = {
    db,
    queue: { ...queue, claim },
    worker,
    queues: ['shell'],
    known: new Map(),
    deathsMax: 1,
    log: pino({ level: 'silent' }),
  }
  return {
    /** Between its claim and the locks of its runs. */
    meanwhile: (act: () => Promise<void>) => void (claimed = act),
    turn: (work: Partial<Work>): Promise<TurnResult> =>
      takeTurn(
        { ...parts, runner: { queueOf: () => 'shell' } },
        { finished: [], begun: [], dirty: new Set(), look: new Set(), dead: [], free: 0, ...work },
      ),
    async close() {
      await queue.close()
      await db.close()
    },
  }
}

describe('a cancel that meets a claim of the same steps', () => {
  const workflow = loadWorkflow(TEXT, stepKinds(CATALOG), 't.yaml')
  const spec = { owner: 'owner', plan: 'libre', workflow, source: TEXT, file: 't.yaml', inputs: {} }
  const look = { look: new Set(['shell']), free: 4 }
  let sql: Sql
  let one: Awaited<ReturnType<typeof workerOf>>
  let other: Awaited<ReturnType<typeof workerOf>>
  beforeAll(async () => {
    sql = openDatabase(postgres.url, 2)
    one = await workerOf('one', 1)
    other = await workerOf('other', 2)
  })
  afterAll(async () => {
    await one.close()
    await other.close()
    await sql.end()
  })

  /** A run whose steps wait in the queue. */
  async function queued(): Promise<string> {
    const { run } = await beginRun(sql, { ...spec, trigger: 'manual' })
    await one.turn({ dirty: new Set([run.id]) })
    return run.id
  }
  async function cancel(run: string): Promise<void> {
    await sql`update runs set stop = 'cancelled' where id = ${run}`
    await one.turn({ dirty: new Set([run]) })
  }
  /** What a claim leaves behind is of no step. */
  async function nothingIsLeft(): Promise<void> {
    expect((await other.turn({ ...look, free: 9 })).started).toEqual([])
    const [jobs] = await sql<{ n: number }[]>`select count(*)::int as n from pgboss.job`
    expect(jobs?.n).toBe(0)
  }

  it('waits for no claim: it is over while jobs are held, and the claim starts nothing', async () => {
    const run = await queued()
    other.meanwhile(() => cancel(run))
    expect((await other.turn(look)).started).toEqual([])
    other.meanwhile(() => Promise.resolve())
    await nothingIsLeft()
  })

  it('ends in no deadlock, whichever comes first', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const run = await queued()
      const acts = [() => cancel(run), () => other.turn(look)]
      await Promise.all((round % 2 === 0 ? acts : acts.reverse()).map((act) => act()))
    }
    await nothingIsLeft()
  })
})
