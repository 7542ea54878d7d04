// Whether a query failed because the database is away, and what its caller hears then. It asks no database.
import { Fault, toFault } from '#dsl/fault.ts'

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
