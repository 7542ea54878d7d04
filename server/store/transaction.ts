// A transaction of the store that bears the loss of its connection. It never sends a statement on one that is gone.
import { Fault, toFault } from '#dsl/fault.ts'
import type { Database } from './store.ts'

type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]

/**
 * When the connection breaks nothing more is sent on it: postgres.js would send ROLLBACK to a socket that is gone, and that
 * brings the whole process down. It rejects all the same, as the connection closes.
 */
export function inTransaction<T>(db: Database, act: (tx: Transaction) => Promise<T>): Promise<T> {
  return db.transaction((tx) =>
    act(tx).catch((error: unknown) => {
      if (isBroken(error)) return new Promise<never>(() => undefined)
      throw error
    }),
  )
}

/** 57P0…: Postgres says goodbye and closes the connection. */
export function isBroken(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return /^(CONNECTION_|CONNECT_|ECONN|EPIPE|ETIMEDOUT|57P0)/.test(code) || isBroken(error.cause)
}

/** What broke, for a caller: a database that is away passes, so the same call may be made again. */
export function storeFault(error: unknown): Fault {
  const fault = toFault(error)
  if (fault.code !== 'internal' || !isBroken(fault.cause)) return fault
  const data = { reason: 'database' }
  return new Fault('unavailable', 'The database does not answer. Try again in a moment.', {
    data,
    cause: error,
  })
}

/** Here, or behind the door of another server. */
export function isDatabaseAway(error: unknown): boolean {
  const { code, data } = storeFault(error)
  return code === 'unavailable' && (data as { reason?: unknown } | undefined)?.reason === 'database'
}
