// The least that an engine on pg-boss does: a loop that completes, sends and fetches jobs by the public API, one transaction
// a turn. It keeps no record of a run and tells nothing; who waits for whom is only in its memory. It measures; it never judges.
import { randomUUID } from 'node:crypto'
import { PgBoss } from 'pg-boss'
import { bossDatabase, openDatabase, transact } from '#server/workflow/database.ts'

const QUEUE = 'raw'
const SLOTS = 32

/** For each step, those that it waits for, by index. */
export type Shape = readonly (readonly number[])[]

export interface RawLoop {
  /** Resolves when every step has run. */
  run(shape: Shape): Promise<void>
  close(): Promise<void>
}

interface Job {
  readonly run: string
  readonly step: number
}

interface Run {
  readonly shape: Shape
  /** How many each step still waits for. */
  readonly waits: number[]
  left: number
  readonly over: () => void
}

export async function startRawLoop(url: string): Promise<RawLoop> {
  const own = openDatabase(url, 1)
  const sql = openDatabase(url, 6)
  const boss = new PgBoss({ db: bossDatabase(own), schedule: false, supervise: false })
  boss.on('error', () => undefined)
  await boss.start()
  await boss.createQueue(QUEUE, { policy: 'standard' })
  const runs = new Map<string, Run>()
  let ended: { id: string; data: Job }[] = []
  let running = 0
  let turning: Promise<void> | undefined

  const wake = () => (turning ??= turns().finally(() => (turning = undefined)))

  async function turns(): Promise<void> {
    for (;;) {
      const finished = ended
      ended = []
      const free = SLOTS - running
      const ready = finished.flatMap(({ data }) => settle(data))
      const jobs = await transact(sql, async (on) => {
        const db = bossDatabase(on)
        const ids = finished.map(({ id }) => id)
        if (ids.length > 0) await boss.complete(QUEUE, ids, null, { db })
        if (ready.length > 0) await boss.insert(QUEUE, ready, { db })
        return boss.fetch<Job>(QUEUE, { db, batchSize: free })
      })
      for (const { data } of finished) end(data)
      running += jobs.length
      // Steps do nothing.
      for (const { id, data } of jobs) ended.push({ id, data })
      running -= jobs.length
      if (ended.length === 0) return
    }
  }

  function settle({ run: id, step }: Job) {
    const run = runs.get(id)
    if (!run) return []
    return run.shape.flatMap((needs, index) => {
      if (!needs.includes(step)) return []
      const left = (run.waits[index] ?? 0) - 1
      run.waits[index] = left
      return left === 0 ? [{ data: { run: id, step: index } }] : []
    })
  }

  function end({ run: id }: Job): void {
    const run = runs.get(id)
    if (!run || --run.left > 0) return
    runs.delete(id)
    run.over()
  }

  return {
    async run(shape) {
      const id = randomUUID()
      const over = Promise.withResolvers<void>()
      const waits = shape.map((needs) => needs.length)
      runs.set(id, { shape, waits, left: shape.length, over: over.resolve })
      const first = waits.flatMap((left, step) => (left === 0 ? [{ data: { run: id, step } }] : []))
      await transact(sql, (on) => boss.insert(QUEUE, first, { db: bossDatabase(on) }))
      void wake()
      await over.promise
    },
    async close() {
      await turning
      await boss.stop({ graceful: false })
      await own.end({ timeout: 5 })
      await sql.end({ timeout: 5 })
    },
  }
}
