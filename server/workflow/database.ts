// The engine's own way to the database: transactions and the queue see the same connection. It never holds one open for
// longer than a turn, but for the session that says that this worker lives.
import postgres from 'postgres'
import type { Sql, TransactionSql } from 'postgres'
import type { Db } from 'pg-boss'

export type Query = Sql | TransactionSql

const JSON_TYPES = [114, 3802]

/** `max` connections; values of JSON columns may be handed over as text. */
export function openDatabase(url: string, max: number, onclose?: () => void): Sql {
  const sql = postgres(url, {
    max,
    connect_timeout: 10,
    onnotice: () => undefined,
    ...(onclose === undefined ? {} : { onclose }),
  })
  // pg-boss hands over JSON as text, which would be wrapped in quotes once more.
  for (const type of JSON_TYPES)
    sql.options.serializers[type] = (value: unknown) =>
      typeof value === 'string' ? value : JSON.stringify(value)
  return sql
}

/** What pg-boss runs its statements with. */
export function bossDatabase(sql: Query): Db {
  return {
    async executeSql(text, values) {
      const rows = await sql.unsafe(text, (values ?? []) as never[])
      return { rows: [...rows] as unknown[] }
    },
  }
}
