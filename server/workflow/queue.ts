// The queue of steps that wait to be taken or for their time, on pg-boss. It never knows what a step is; a job that is
// taken is gone, because from then on the step's row says who runs it. Source: pg-boss 12, docs/api/jobs.
import { randomUUID } from 'node:crypto'
import { PgBoss } from 'pg-boss'
import { BOSS_QUIET, bossDatabase, openDatabase, transact } from './database.ts'
import type { Query } from './database.ts'

/** Redelivery is for workers that died; a step's own retry is a new job. */
const REDELIVERIES = 1000
/** What recovers comes before what goes on, and that before what begins: runs that have begun end first. */
export const PRIORITY = { fresh: 0, begun: 1, recovered: 2 } as const
/** Seconds; the slow net below liveness by lock. */
const EXPIRE_SECONDS = 86_400

export interface StepJob {
  readonly run: string
  readonly instance: string
}

export interface NewJob extends StepJob {
  readonly queue: string
  readonly delayMs: number
  /** One of `PRIORITY`; higher first. */
  readonly priority: number
}

export interface Claim extends StepJob {
  readonly id: string
  readonly queue: string
}

export interface Claims {
  readonly claims: readonly Claim[]
  /** Queues that may hold more. */
  readonly left: readonly string[]
}

/** Jobs on their way into the queue. */
export interface Adding {
  /** In order. */
  readonly ids: readonly string[]
  /** What is sent on the connection from then on comes after them. */
  readonly sent: Promise<unknown>
  readonly done: Promise<unknown>
}

export interface StepQueue {
  add(sql: Query, jobs: readonly NewJob[]): Adding
  /** At most `most`, of these queues, the most urgent of each first. They are to be removed in the same transaction. */
  claim(sql: Query, queues: readonly string[], most: number): Promise<Claims>
  /** They are gone, whoever holds them: it waits for a claim of theirs. */
  remove(sql: Query, queue: string, ids: readonly string[]): Promise<void>
  /**
   * Removes those that nobody claims at this moment and waits for no claim: a claim removes its own, and waits for locks of
   * runs, so that a turn that holds runs may wait for none.
   */
  drop(sql: Query, queue: string, ids: readonly string[]): Promise<void>
  close(): Promise<void>
}

const nameOf = (queue: string) => `step-${queue}`

export async function openQueue(url: string, queues: readonly string[]): Promise<StepQueue> {
  // pg-boss writes its own BEGIN and COMMIT, which need one connection.
  const sql = openDatabase(url, 1)
  const boss = new PgBoss({ ...BOSS_QUIET, db: bossDatabase(sql), schedule: false, supervise: false })
  boss.on('error', () => undefined)
  await prepare(url, boss, queues)
  const remove: StepQueue['remove'] = async (on, queue, ids) => {
    if (ids.length > 0) await boss.deleteJob(nameOf(queue), [...ids], { db: bossDatabase(on) })
  }
  return {
    remove,
    async drop(on, queue, ids) {
      if (ids.length === 0) return
      const free = await on<{ id: string }[]>`select id from pgboss.job
        where name = ${nameOf(queue)} and id = any(${ids as string[]}::uuid[]) for update skip locked`
      await remove(
        on,
        queue,
        free.map(({ id }) => id),
      )
    },
    add(on, jobs) {
      const ids = jobs.map(() => randomUUID())
      const inserts = [...new Set(jobs.map((job) => job.queue))].map((queue) => {
        const own = jobs.flatMap((job, index) => (job.queue === queue ? [insertOf(ids[index], job)] : []))
        const sent = Promise.withResolvers<void>()
        const done = boss.insert(nameOf(queue), own, { db: bossDatabase(on, sent.resolve) })
        return { sent: Promise.race([sent.promise, done]), done }
      })
      const sent = Promise.all(inserts.map((one) => one.sent))
      const done = Promise.all(inserts.map((one) => one.done))
      // Whoever waits for it may have been stopped by another statement before.
      done.catch(() => undefined)
      return { ids, sent, done }
    },
    async claim(on, wanted, most) {
      const claims: Claim[] = []
      const left: string[] = []
      for (const queue of wanted) {
        const room = most - claims.length
        const options = { db: bossDatabase(on), batchSize: room }
        const jobs = room > 0 ? await boss.fetch<StepJob>(nameOf(queue), options) : []
        claims.push(...jobs.map(({ id, data }) => ({ id, queue, ...data })))
        if (jobs.length === room) left.push(queue)
      }
      return { claims, left }
    },
    async close() {
      await boss.stop({ graceful: false })
      await sql.end({ timeout: 5 })
    },
  }
}

function insertOf(id: string | undefined, { run, instance, priority, delayMs }: NewJob) {
  const later = delayMs > 0 && { startAfter: new Date(Date.now() + delayMs) }
  return { ...(id !== undefined && { id }), data: { run, instance }, priority, ...later }
}

/** Any constant, the same in every version. */
const LOCK = 7_215

/** One process at a time: of two that make the schema at once, pg-boss leaves one in a transaction that failed. */
async function prepare(url: string, boss: PgBoss, queues: readonly string[]): Promise<void> {
  const lock = openDatabase(url, 1)
  try {
    await transact(lock, async (on) => {
      await on`select pg_advisory_xact_lock(${LOCK})`
      await boss.start()
      for (const queue of queues) {
        await boss.createQueue(nameOf(queue), {
          policy: 'standard',
          retryLimit: REDELIVERIES,
          retryDelay: 0,
          expireInSeconds: EXPIRE_SECONDS,
        })
      }
    })
  } finally {
    await lock.end({ timeout: 5 })
  }
}
