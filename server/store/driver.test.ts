// What the driver does when a connection breaks: infra/patches/README.md says why it is asked.
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as immediate } from 'node:timers/promises'
import postgres from 'postgres'
import type { Sql } from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { CONNECTION } from './connection.ts'
import { startPostgres } from './embedded.ts'
import type { EmbeddedPostgres } from './embedded.ts'
import { isBroken } from './transaction.ts'

const BACKLOG = 50
let dataDir = ''
let database: EmbeddedPostgres
let other: Sql
const clients: Sql[] = []
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chispart-driver-'))
  database = await startPostgres({ dataDir, log: () => undefined })
  other = postgres(database.url, { max: 1, ...CONNECTION })
  await other`create table rows_of (name text)`
})
afterEach(async () => {
  for (const client of clients.splice(0)) await client.end({ timeout: 1 })
})
afterAll(async () => {
  await other.end({ timeout: 1 })
  await database.stop()
  await rm(dataDir, { recursive: true })
})

/** One connection, so that whatever comes next has the one that broke. */
function open(url = database.url): Sql {
  const client = postgres(url, { max: 1, ...CONNECTION })
  clients.push(client)
  return client
}

async function pidOf(sql: Sql): Promise<number> {
  const [row] = await sql`select pg_backend_pid() as pid`
  return Number(row?.['pid'])
}

async function cut(pid: number): Promise<void> {
  await other`select pg_terminate_backend(${pid}, 5000)`
}

const outcomeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (isBroken(error) ? 'broken' : error),
  )

interface Door {
  readonly url: string
  /** As a machine that is gone: no goodbye, and no more of what was sent. */
  cut(): void
  close(): void
}

/** A way to the database; the first `refused` connections are closed as soon as they are open. */
async function openDoor(refused = 0): Promise<Door> {
  const sockets = new Set<Socket>()
  let left = refused
  const server = createServer((near) => {
    if (left-- > 0) return near.end()
    const far = connect(Number(new URL(database.url).port), '127.0.0.1')
    for (const socket of [near, far]) sockets.add(socket.on('error', () => undefined))
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(database.url)
  url.port = String((server.address() as AddressInfo).port)
  const cutAll = () => {
    for (const socket of sockets) socket.resetAndDestroy()
    sockets.clear()
  }
  return { url: url.href, cut: cutAll, close: () => (server.close(), cutAll()) }
}

/** A query that is on its way until its connection is cut. */
async function sleep(sql: Sql): Promise<{ pid: number; end: Promise<unknown> }> {
  const pid = await pidOf(sql)
  const end = outcomeOf(sql`select pg_sleep(30)`)
  const active = () => other`select 1 from pg_stat_activity where pid = ${pid} and state = 'active'`
  await expect.poll(async () => (await active()).length).toBe(1)
  return { pid, end }
}

describe('a connection that breaks', () => {
  it('is opened again at once, whatever was about to be sent on it', { timeout: 60_000 }, async () => {
    const door = await openDoor()
    const sql = open(door.url)
    for (let round = 0; round < 24; round++) {
      await sql`select 1`
      let isCut = false
      let asked = 0
      let answers = 0
      // Something is about to be sent in every other turn of the loop, in whichever of them the connection breaks. No more
      // of it than is answered soon: what waits is sent on the next connection.
      const flood = (async () => {
        while (!isCut) {
          if (asked - answers < BACKLOG) {
            asked += 1
            sql`select 1`.then(
              () => (answers += 1),
              () => (isCut = true),
            )
          }
          await immediate()
          await immediate()
        }
      })()
      await expect.poll(() => answers).toBeGreaterThan(20)
      door.cut()
      await flood
      const since = performance.now()
      await expect.poll(() => outcomeOf(sql`select 1`)).toBe('done')
      expect(performance.now() - since).toBeLessThan(5000)
    }
    door.close()
  })

  it('gives its error to none of the queries that come after it', async () => {
    const sql = open()
    const sleeping = await sleep(sql)
    await cut(sleeping.pid)
    expect(await sleeping.end).toBe('broken')
    expect(await sql`select 1 as one`).toEqual([{ one: 1 }])
  })

  it('ends its transaction: what that still says reaches nobody else', async () => {
    const sql = open()
    const inside = Promise.withResolvers<number>()
    const goOn = Promise.withResolvers<void>()
    const late: unknown[] = []
    const lost = outcomeOf(
      sql.begin(async (on) => {
        inside.resolve(await pidOf(on as unknown as Sql))
        await goOn.promise
        late.push(await outcomeOf(on`insert into rows_of values ('lost')`))
        late.push(await outcomeOf(on`commit`))
      }),
    )
    await cut(await inside.promise)
    expect(await lost).toBe('broken')
    await sql.begin(async (on) => {
      await on`insert into rows_of values ('kept')`
      goOn.resolve()
      await expect.poll(() => late).toEqual(['broken', 'broken'])
      await on`insert into rows_of values ('kept too')`
    })
    expect(await sql`select name from rows_of`).toEqual([{ name: 'kept' }, { name: 'kept too' }])
  })

  it('ends its reservation in the same way, and a release of it is nothing', async () => {
    const sql = open()
    const on = await sql.reserve()
    await cut(await pidOf(on))
    await expect.poll(() => outcomeOf(on`select 1`)).toBe('broken')
    on.release()
    expect(await sql`select 1 as one`).toEqual([{ one: 1 }])
    expect(await outcomeOf(on`select 1`)).toBe('broken')
  })

  it('is reserved by whoever waited for it, once it is open again', async () => {
    const sql = open()
    const sleeping = await sleep(sql)
    const waiting = sql.reserve()
    await cut(sleeping.pid)
    expect(await sleeping.end).toBe('broken')
    const on = await waiting
    expect(await on`select 1 as one`).toEqual([{ one: 1 }])
    on.release()
    expect(await sql`select 1 as one`).toEqual([{ one: 1 }])
  })

  it('is not tried without a pause when it is closed as soon as it is open', async () => {
    const door = await openDoor(5)
    const sql = open(door.url)
    const since = performance.now()
    expect(await sql`select 1 as one`).toEqual([{ one: 1 }])
    // 50, 100, 200, 400 and 800 ms.
    expect(performance.now() - since).toBeGreaterThan(1000)
    door.close()
  })
})
