// Looks into the staged server's own database, as an operator with its password would. It is the one stage part that
// knows how the server keeps things.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'

export interface AuditRow {
  readonly action: string
  readonly outcome: string
  readonly userId: string | null
  readonly workspaceId: string | null
  readonly detail: { readonly reason?: string; readonly rule?: string; readonly door?: string }
}

export interface Database {
  readonly sql: postgres.Sql
  /** Rows that fit, once there are any; rows are written behind an answer. */
  audit(fits: (row: AuditRow) => boolean): Promise<AuditRow[]>
  close(): Promise<void>
}

const WAIT_MS = 5000
const LOOK_MS = 20

export async function openDatabase(dataDir: string): Promise<Database> {
  const password = await readFile(join(dataDir, 'pg18.password'), 'utf8')
  // Line 4 of postmaster.pid is the port (PostgreSQL, storage/file layout).
  const port = (await readFile(join(dataDir, 'pg18/postmaster.pid'), 'utf8')).split('\n')[3]
  const sql = postgres(`postgres://postgres:${password}@127.0.0.1:${port}/postgres`, { max: 1 })
  return {
    sql,
    async audit(fits) {
      const end = Date.now() + WAIT_MS
      for (;;) {
        const rows = await sql<AuditRow[]>`select * from audit order by id`
        const found = rows.filter(fits)
        if (found.length > 0) return found
        if (Date.now() > end) throw new Error(`No such row. The last: ${JSON.stringify(rows.slice(-5))}`)
        await new Promise((go) => setTimeout(go, LOOK_MS))
      }
    },
    close: () => sql.end(),
  }
}
