// The way to the database: opens it, brings its tables up to date, closes it. It never builds a query of its own noun.
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import { CONNECTION } from './connection.ts'

const MIGRATIONS = fileURLToPath(new URL('./migrations', import.meta.url))
/** Any constant does, as long as every server of this database takes the same one. */
const MIGRATION_LOCK = 7_214_001

const connect = (url: string, max: number) => drizzle({ client: postgres(url, { max, ...CONNECTION }) })

export type Database = ReturnType<typeof connect>

export interface Store {
  readonly db: Database
  /** One connection of its own for what is written behind everybody's back: no question ever stands behind it in a row. */
  readonly behind: Database
  /** Waits up to 5 s for running queries. */
  close(): Promise<void>
}

/** Migrates, then opens the pool. One of several servers that start together migrates; the others wait for it. */
export async function openStore({ url }: { url: string }): Promise<Store> {
  await migrateOnce(url)
  const db = connect(url, 10)
  const behind = connect(url, 1)
  const close = async () => {
    await Promise.all([db, behind].map((one) => one.$client.end({ timeout: 5 })))
  }
  return { db, behind, close }
}

async function migrateOnce(url: string): Promise<void> {
  // One connection, because an advisory lock belongs to the connection that took it; ending it frees the lock.
  const db = connect(url, 1)
  try {
    await db.$client`select pg_advisory_lock(${MIGRATION_LOCK})`
    await migrate(db, { migrationsFolder: MIGRATIONS })
  } finally {
    await db.$client.end({ timeout: 5 })
  }
}
