// The connection of a worker's turns: one transaction at a time, in as few round trips as there can be.
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
   * the first of them is sent; when one of them fails Postgres takes COMMIT for ROLLBACK, and this rejects.
   */
  transact<T>(act: (on: Query) => Promise<Transaction<T>>): Promise<T>
  close(): Promise<void>
}

export function openTurnDatabase(url: string): TurnDatabase {
  const sql = openDatabase(url, 1, undefined, BY_INDEX)
  return {
    async transact(act) {
      const on = await sql.reserve()
      try {
        on`begin`.execute().catch(() => undefined)
        const { result, last } = await act(on)
        const written = Promise.all(last)
        const [{ command }] = await Promise.all([on`commit`, written])
        if (command !== 'COMMIT') throw new Error('Postgres rolled the transaction back.')
        return result
      } catch (error) {
        // Of what failed nothing is left, also when its connection is gone.
        await on`rollback`.catch(() => undefined)
        throw error
      } finally {
        on.release()
      }
    },
    close: () => sql.end({ timeout: 5 }),
  }
}
