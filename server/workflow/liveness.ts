// Whether workers live: each holds an advisory lock for as long as its session does, and waits for that of its neighbour.
// A lock that is free means a worker that is gone; nobody's clock is asked.
import { randomInt, randomUUID } from 'node:crypto'
import type { Sql } from 'postgres'
import type { Log } from '#server/log.ts'
import { openDatabase, transact } from './database.ts'

/** Milliseconds that a wait for a neighbour's lock takes at most, so that vacuum is never held back for long. */
const WAIT_MS = 10_000
/** Any constant, the same in every version: the first half of every worker's lock. */
export const SPACE = 7_214
const CHANNEL = 'chispart_workers'

export interface Membership {
  readonly id: string
  /** Resolves when the session is lost: others may take this worker for dead. */
  readonly lost: Promise<void>
  /** Leaves; whatever it still holds is to be handed over before. */
  leave(): Promise<void>
}

export interface MembershipParts {
  readonly url: string
  readonly sql: Sql
  readonly queues: readonly string[]
  readonly log: Log
  /** Takes over what a worker that is gone held, also before this one has joined; several may call it, once each. */
  readonly recover: (worker: string) => Promise<void>
  /** The same in one step with its being a worker no more, once this one has joined. */
  readonly takeOver: (worker: string) => Promise<void>
}

/** Joins the ring. Whoever died while nobody watched is recovered first. */
export async function join(parts: MembershipParts): Promise<Membership> {
  const { url, sql, queues, log } = parts
  const id = randomUUID()
  const key = randomInt(2 ** 31 - 1)
  const lost = Promise.withResolvers<void>()
  const leaving = Promise.withResolvers<undefined>()
  let left = false
  const session = openDatabase(url, 1, () => lost.resolve())
  try {
    await session`select pg_advisory_lock(${SPACE}, ${key})`
    await sql`insert into workers (id, key, queues) values (${id}, ${key}, ${[...queues]})`
    await sql`select pg_notify(${CHANNEL}, ${id})`
  } catch (error) {
    await session.end({ timeout: 1 })
    throw error
  }
  const watch = openDatabase(url, 1)
  let look = Promise.withResolvers<void>()
  const heard = await sql.listen(CHANNEL, () => look.resolve()).catch(() => undefined)
  let watching = Promise.resolve()
  // Without its session it is nobody's neighbour.
  void lost.promise.then(() => (left = true))

  async function watchRing(): Promise<void> {
    while (!left) {
      look = Promise.withResolvers<void>()
      const neighbour = await neighbourOf(sql, id).catch(() => undefined)
      if (left) return
      if (!neighbour) await Promise.race([look.promise, pause(WAIT_MS), lost.promise])
      else if (await Promise.race([isGone(watch, neighbour.key, look.promise), leaving.promise]))
        await bury(parts, neighbour.id, parts.takeOver)
    }
  }
  const membership: Membership = {
    id,
    lost: lost.promise,
    async leave() {
      left = true
      look.resolve()
      // A wait for a lock ends with nothing that a client says.
      leaving.resolve(undefined)
      lost.resolve()
      await watch.end({ timeout: 0 })
      await watching.catch((error: unknown) => log.warn({ err: error }, 'the watch of workers broke'))
      await heard?.unlisten().catch(() => undefined)
      await sql`delete from workers where id = ${id}`.catch(() => undefined)
      await session.end({ timeout: 1 })
    },
  }
  try {
    await buryAll(parts, id)
  } catch (error) {
    await membership.leave()
    throw error
  }
  watching = watchRing()
  return membership
}

interface Neighbour {
  readonly id: string
  readonly key: number
}

/** The next one of the ring; undefined when there is nobody else. */
async function neighbourOf(sql: Sql, id: string): Promise<Neighbour | undefined> {
  const rows = await sql<Neighbour[]>`select id, key::int as key from workers where id <> ${id} order by id`
  return rows.find((row) => row.id > id) ?? rows[0]
}

/** Waits for the lock, at most `WAIT_MS` or until the ring has changed. */
async function isGone(watch: Sql, key: number, ring: Promise<void>): Promise<boolean> {
  const free = Promise.withResolvers<boolean>()
  const waiting = transact(watch, async (sql) => {
    await sql`select set_config('lock_timeout', ${String(WAIT_MS)}, true)`
    await sql`select pg_advisory_xact_lock(${SPACE}, ${key})`
    free.resolve(true)
  }).then(
    () => true,
    () => false,
  )
  const gone = await Promise.race([free.promise, waiting, ring.then(() => undefined)])
  return gone ?? waiting
}

async function bury(
  { log }: MembershipParts,
  worker: string,
  act: (worker: string) => Promise<void>,
): Promise<void> {
  try {
    await act(worker)
    log.warn({ worker }, 'a worker is gone; its steps go on elsewhere')
  } catch (error) {
    // It is found gone again, here or elsewhere.
    log.warn({ err: error, worker }, 'a worker that is gone could not be taken over yet')
    await pause(200)
  }
}

/** Every worker whose lock is free: they died while nobody watched. */
async function buryAll(parts: MembershipParts, own: string): Promise<void> {
  const rows = await parts.sql<Neighbour[]>`select id, key::int as key from workers where id <> ${own}`
  for (const { id, key } of rows) {
    const [row] = await transact(
      parts.sql,
      (sql) => sql`select pg_try_advisory_xact_lock(${SPACE}, ${key}) as free`,
    )
    if (row?.['free'] !== true) continue
    // First of all it is no worker any more: a turn that it still takes waits for this, and is refused.
    const act = () => parts.sql`delete from workers where id = ${id}`.then(() => parts.recover(id))
    await bury(parts, id, act)
  }
  await recoverLost(parts)
}

/** Steps of workers that are gone, whose heir died too. */
export async function recoverLost({ sql, recover }: Pick<MembershipParts, 'sql' | 'recover'>): Promise<void> {
  const lost = await sql<{ worker: string }[]>`select distinct worker from run_steps
    where worker is not null and not exists (select from workers where id = run_steps.worker)`
  for (const { worker } of lost) await recover(worker)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms).unref())
}
