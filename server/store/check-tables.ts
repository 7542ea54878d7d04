// Table of checks: which commits on GitHub hear how a run goes, and what each heard last. What a run is itself is its own row.
import { sql } from 'drizzle-orm'
import { boolean, index, integer, primaryKey, snakeCase, text, timestamp } from 'drizzle-orm/pg-core'
import { runs } from './run-tables.ts'

export const checks = snakeCase.table(
  'checks',
  {
    runId: text()
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    /** Address of its repository. */
    repo: text().notNull(),
    sha: text().notNull(),
    /** State and description that GitHub took last; null before the first. */
    told: text(),
    /** What it is being told in vain, and how often that failed. */
    trying: text(),
    tries: integer().notNull().default(0),
    /** Nobody tells it before: somebody does at this moment, or GitHub refused. */
    due: timestamp({ withTimezone: true }).notNull().defaultNow(),
    /** It has heard the end. */
    done: boolean().notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.repo, table.sha] }),
    index().on(table.repo, table.sha),
    index('checks_open_idx')
      .on(table.due)
      .where(sql`not ${table.done}`),
  ],
)
