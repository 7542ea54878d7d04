// The engine's own way to the database: transactions and the queue see the same connection. It never holds one open for
// longer than a turn, but for the session that says that this worker lives.
import postgres from 'postgres'
import type { PendingQuery, Row, Sql, TransactionSql } from 'postgres'
import type { Db } from 'pg-boss'
import { CONNECTION } from '#server/store/connection.ts'

export type Query = Sql | TransactionSql
/** It is sent when somebody waits for it. */
export type Statement = PendingQuery<Row[]>

const JSON_TYPES = [114, 3802]
/** text[], uuid[], integer[] and the like. */
const ARRAY_TYPES = [1009, 1015, 2951, 1007, 1016, 1185]

/** `max` connections; values of JSON columns may be handed over as text. */
export function openDatabase(
  url: string,
  max: number,
  onclose?: () => void,
  settings: Readonly<Record<string, string>> = {},
): Sql {
  const sql = postgres(url, {
    max,
    ...CONNECTION,
    // Planning anew costs more than half of a turn, and compiling far more than any of these statements.
    connection: { plan_cache_mode: 'force_generic_plan', jit: 'off', ...settings },
    ...(onclose === undefined ? {} : { onclose }),
  })
  // pg-boss hands over JSON as text, which would be wrapped in quotes once more.
  for (const type of JSON_TYPES)
    sql.options.serializers[type] = (value: unknown) =>
      typeof value === 'string' ? value : JSON.stringify(value)
  for (const type of ARRAY_TYPES) sql.options.serializers[type] = arrayText
  return sql
}

/** As Postgres writes arrays. */
function arrayText(values: unknown): unknown {
  if (!Array.isArray(values)) return values
  const items = values.map((value) => {
    if (value === null || value === undefined) return 'null'
    const text = value instanceof Date ? value.toISOString() : String(value)
    return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
  })
  return `{${items.join(',')}}`
}

/** A transaction, typed as what it answers. */
export async function transact<T>(sql: Sql, act: (on: TransactionSql) => Promise<T>): Promise<T> {
  return (await sql.begin(act)) as T
}

/** pg-boss measures the event loop 50 times a second for a list of instances that nobody reads, and looks for flows that nobody makes. */
export const BOSS_QUIET = {
  registerInstance: false,
  openTelemetry: { enabled: false },
  flowIntervalSeconds: 3600,
} as const

/** What pg-boss runs its statements with; `sent` is called when one is on the connection, before its answer. */
export function bossDatabase(sql: Query, sent?: () => void): Db {
  return {
    async executeSql(text, values) {
      // Planned once a connection; what has no values may be several statements, which cannot be.
      const query = sql
        .unsafe(text, (values ?? []) as never[], { prepare: (values ?? []).length > 0 })
        .execute()
      sent?.()
      // Several statements answer with the rows of each.
      return { rows: [...(await query)].flat() as unknown[] }
    },
  }
}
