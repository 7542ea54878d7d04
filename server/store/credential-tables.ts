// Tables of what the server says in a person's name to hosts on the net. Secrets are in it only sealed (server/vault).
import { boolean, bytea, index, jsonb, snakeCase, text, timestamp, unique } from 'drizzle-orm/pg-core'
import { users, workspaces } from './tables.ts'

export const credentials = snakeCase.table(
  'credentials',
  {
    id: text().primaryKey(),
    ownerId: text()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** `name:port`, and where it begins to be valid there: `/team/`. */
    host: text().notNull(),
    path: text().notNull(),
    username: text(),
    write: boolean().notNull(),
    /** The one workspace that it is for. */
    workspaceId: text().references(() => workspaces.id, { onDelete: 'cascade' }),
    everyone: boolean().notNull(),
    sealed: bytea().notNull(),
    fingerprint: text().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    unique('credentials_place')
      .on(table.ownerId, table.host, table.path, table.everyone, table.workspaceId)
      .nullsNotDistinct(),
    index().on(table.host),
  ],
)

/** How the key that seals is made of the passphrase; one row. `check` opens with the right passphrase only. */
export const vaultKeys = snakeCase.table('vault_keys', {
  id: text().primaryKey(),
  salt: bytea().notNull(),
  params: jsonb()
    .$type<{ readonly memory: number; readonly passes: number; readonly parallelism: number }>()
    .notNull(),
  check: bytea().notNull(),
})
