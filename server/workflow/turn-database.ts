// The connection of a worker's turns: one transaction at a time, in as few round trips as there can be. It never sends
// anything more on a connection that broke: postgres.js would write to a socket that is gone, and end the process.
import { isBroken } from '#server/store/transaction.ts'
import { openDatabase } from './database.ts'
import type { Query, Statement } from './database.ts'

/** How long a list in JSON is the planner cannot know; for a long one it would read whole tables. */
const BY_INDEX = { enable_seqscan: 'off', enable_hashjoin: 'off', enable_mergejoin: 'off' }

export interface Transaction<T> {
  readonly result: T
  /** The statements that end it; nobody needs their answers. What is a promise is on the connection already. */
  readonly last: readonly (Statement | Promise<unknown>)[]
}

export interface TurnDatabase {
  /**
   * Nobody waits for BEGIN, and COMMIT is sent right behind the last statements. They are built, values and all, before
   * the first of them is sent; when one of them fails Postgres takes COMMIT for ROLLBACK, and this rejects. `act` waits
   * for nothing but its statements, which is how it hears that the connection broke.
   */
  transact<T>(act: (on: Query) => Promise<Transaction<T>>): Promise<T>
  close(): Promise<void>
}

export function openTurnDatabase(url: string): TurnDatabase {
  let isOpen = false
  const sql = openDatabase(url, 1, () => (isOpen = false), BY_INDEX)
  return {
    async transact(act) {
      // postgres.js reserves a connection only once it is open.
      if (!isOpen) await sql`select 1`
      isOpen = true
      const on = await sql.reserve()
      try {
        on`begin`.execute().catch(() => undefined)
        const { result, last } = await act(on)
        const written = Promise.all(last)
        const [{ command }] = await Promise.all([on`commit`, written])
        if (command !== 'COMMIT') throw new Error('Postgres rolled the transaction back.')
        on.release()
        return result
      } catch (error) {
        if (isBroken(error)) throw error
        await on`rollback`
        on.release()
        throw error
      }
    },
    close: () => sql.end({ timeout: 5 }),
  }
}
